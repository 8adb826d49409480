"""`CARD.md`: the model card for people.

Its sections are those of Mitchell et al. 2019, "Model cards for model reporting"; the table at its
end answers the items of TRIPOD+AI (Collins et al. 2024). Everything in it comes from `card.json`.
"""

from __future__ import annotations

from shared.bundle import Card
from training.bundles import card_sections
from training.bundles.card_figures import quantitative_analyses
from training.bundles.markdown import warning
from training.bundles.tripod_answers import tripod_table

CARD_MARKDOWN = "CARD.md"


def render(card: Card) -> str:
    """The card as Markdown; the same card gives the same text."""
    warnings = [card.caveat, card.disclaimer] if card.caveat else [card.disclaimer]
    sections = {
        "Model details": card_sections.details(card),
        "Intended use": card_sections.intended_use(card),
        "Factors": card_sections.factors(card),
        "Metrics": card_sections.metrics(card),
        "Evaluation data": card_sections.evaluation_data(card),
        "Training data": card_sections.training_data(card),
        "Quantitative analyses": quantitative_analyses(card),
        "Ethical considerations": card_sections.ethics(card),
        "Caveats and recommendations": card_sections.caveats(card),
        "TRIPOD+AI": tripod_table(card),
        "Reproduce": card_sections.reproduction(card),
    }
    return (
        "\n\n".join(
            [
                f"# {card.reference}",
                *map(warning, warnings),
                card.description.strip(),
                *(f"## {heading}\n\n{text}" for heading, text in sections.items()),
            ]
        )
        + "\n"
    )
