"""A card's answers to TRIPOD+AI, item by item.

An answer comes from the card. Where the card knows nothing, the answer says so; nothing is made
up to fill a line. Answers in `Card.tripod`, which people wrote, go before those given here.
"""

from __future__ import annotations

from collections.abc import Iterable

from shared.bundle import Card
from training.bundles.card_words import (
    decision_words,
    doubts_words,
    figure_name,
    input_words,
)
from training.bundles.markdown import sentence, table
from training.bundles.tripod import TOPICS

_UNKNOWN = "Not known: the card says nothing of it."
_NO_PEOPLE = "Not known: the data do not tell groups of people apart, or the card does not say."


def tripod_table(card: Card) -> str:
    """All items with their answers."""
    answers = _answers(card) | card.tripod
    return (
        "The items of TRIPOD+AI (Collins et al. 2024, BMJ 385:e078378), topics in our words. The "
        "statement is made for studies of patients; what does not fit a classifier of recordings "
        "is said to be so.\n\n"
        + table(
            ["item", "topic", "answer"],
            ([number, topic, answers[number]] for number, topic in TOPICS.items()),
        )
    )


def _answers(card: Card) -> dict[str, str]:
    return _about_the_study(card) | _about_the_methods(card) | _about_the_results(card)


def _about_the_study(card: Card) -> dict[str, str]:
    names = " ".join(sentence(data.name) for data in card.provenance.data_sets)
    return {
        "1": f"Development of a classifier of recordings, with internal evaluation; it predicts "
        f"the label `sick`. {sentence(card.description)}",
        "2": 'The lines above "Model details".',
        "3a": "Not applicable: no part of any care, neither diagnostic nor prognostic. "
        f"Compared with: {_names(card.evaluation.baselines)}.",
        "3b": f'{" ".join(map(sentence, card.intended_use))} See "Intended use". It has no place '
        "in a care pathway.".strip(),
        "3c": _NO_PEOPLE,
        "4": "Development, and evaluation on held-out parts of the same data.",
        "5a": f'{names} See "Training data"; nobody claims that they are representative.',
        "5b": _UNKNOWN,
        "6a": _UNKNOWN,
        "6b": 'Not known beyond what "Training data" says.',
        "6c": "Not applicable: treatments are not looked at.",
        "17": 'Not known: the card names no committee and no consent. See "Ethical '
        'considerations".',
        "18a": _UNKNOWN,
        "18b": _UNKNOWN,
        "18c": "Not known: the card names no protocol.",
        "18d": "Not known: the card names no registration.",
        "18e": " ".join(
            f"{sentence(data.name)} {sentence(data.licence)}" for data in card.provenance.data_sets
        ),
        "18f": 'The code of this repository, by the commands under "Reproduce".',
        "19": "Not known: the card tells of no involvement.",
    }


def _about_the_methods(card: Card) -> dict[str, str]:
    evaluation, front_end = card.evaluation, card.front_end
    counts = f"{evaluation.clips} clips of {evaluation.sources} sources"
    return {
        "7": f"The same for every recording: {input_words(front_end)}. Groups: see 3c. Recordings "
        "that cannot be decoded are refused, and no source stands on two sides of a split.",
        "8a": f"The label that comes with each recording, `sick` or `not sick`. "
        f"{sentence(card.disclaimer)} No time horizon.",
        "8b": "Not known: the card does not say who labelled the recordings.",
        "8c": "Not known: the card does not say what the labellers knew.",
        "9a": "None chosen: all of the sound that the front end passes.",
        "9b": f"{front_end.features} features, computed from the samples alone; see 7.",
        "9c": "Not applicable: they are computed.",
        "10": f"{counts}. The card has no calculation of sample size; the intervals tell how much "
        "this many clips can.",
        "11": "Not applicable: a recording has no missing values, and none is imputed.",
        "12a": sentence(evaluation.protocol),
        "12b": "None beyond 7.",
        "12c": f"A neural network of {card.network.parameters:,} parameters, begun from "
        f"{sentence(card.provenance.base_weights)} All settings are in `card.json`. Internal "
        "validation: see 12a.",
        "12d": "Intervals resample whole sources. Other clusters only as far as a figure under "
        '"Quantitative analyses" names them.',
        "12e": f"{_names(evaluation.figures)}. Beside them the baselines, and how often a change "
        "of the recording turns the answer.",
        "12f": "Not applicable: nothing was updated after evaluation.",
        "12g": "By the network itself on held-out clips, and as under 15.",
        "13": "See the configuration in `card.json`; the probabilities are calibrated afterwards.",
        "14": "None was used.",
        "15": f"{decision_words(card)} {doubts_words(card.doubts)}",
        "16": "None by design: both are parts of the same data, split by source.",
    }


def _about_the_results(card: Card) -> dict[str, str]:
    evaluation = card.evaluation
    counts = f"{evaluation.clips} clips of {evaluation.sources} sources"
    majority = evaluation.baselines.get("majority_class_accuracy")
    share = f" The more frequent label has {majority.value:.1%} of them." if majority else ""
    return {
        "20a": f"{counts}.{share} No follow-up.",
        "20b": _NO_PEOPLE,
        "20c": "Not applicable: no evaluation data of another origin.",
        "21": f"All {counts}; 12a says which were held out when. The network in this bundle is "
        "trained on all of them.",
        "22": f"`{card.network.keras}`, `{card.network.litert}` and `card.json` are the whole "
        f"model. {sentence(card.licence)}",
        "23a": '"Quantitative analyses". Groups of people: see 3c.',
        "23b": 'Not examined beyond what "Quantitative analyses" has.',
        "24": "Not applicable: see 12f.",
        "25": f"{sentence(card.caveat or card.disclaimer)} Read every figure beside the baselines.",
        "26": '"Caveats and recommendations".',
        "27a": "The service refuses what it cannot decode, and warns of recordings that are too "
        "quiet, clipped, too short or cut off.",
        "27b": "A user gives a recording and gets an answer; reading it takes the knowledge of "
        "what the labels mean and of the limits.",
        "27c": "Data with a diagnosis, healthy coughs and speakers who are known, and evaluation "
        "on recordings of another origin.",
    }


def _names(figures: Iterable[str]) -> str:
    return ", ".join(figure_name(name) for name in figures) or "nothing"
