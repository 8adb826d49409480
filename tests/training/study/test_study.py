"""The study: found again what was run, the same folds for all, the rule, the table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shared.bundle import Figure
from training.data.dataset import DatasetError
from training.evaluation.record import EvaluationRecord
from training.fitting.configuration import Configuration
from training.study.candidates import CANDIDATES, ENSEMBLES, SEEDS, Candidate
from training.study.cost import Cost, measure_cost
from training.study.rows import Row, check_comparable, choose, make_row, seed_answers, soup_answers
from training.study.running import Study
from training.study.table import put_into, render

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

THIN = Candidate(
    name="thin",
    says="a thin network",
    configuration=Configuration(
        epochs=1, views=0, batch_clips=4, folds=2, calibration_folds=2, seeds=2, soup=1
    ),
    weights="yamnet",
    soup="thin-soup",
)


def row(name: str, aucs: list[float], milliseconds: float | None, networks: int = 1) -> Row:
    cost = milliseconds and Cost(parameters=10**6, litert_bytes=10**6, milliseconds=milliseconds)
    figure = Figure(value=float(np.mean(aucs)), low=0.0, high=1.0)
    return Row(
        name=name,
        says=f"says {name}",
        networks=networks,
        figures=dict.fromkeys(("auc", "accuracy", "expected_calibration_error"), figure),
        fold_aucs=aucs,
        cost=cost or None,
    )


@pytest.fixture(scope="module")
def study(recordings: Path, start_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("study")
    weights = {"yamnet": start_weights}
    return Study(folder / "runs", recordings, [], weights, folder / "cache")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def record(study: Study) -> EvaluationRecord:
    return study.record(THIN)


def test_what_was_run_is_not_run_again(
    study: Study, record: EvaluationRecord, capsys: pytest.CaptureFixture[str]
) -> None:
    assert study.record(THIN) == record
    assert "fit" not in capsys.readouterr().out


def test_a_row_has_the_seeds_or_the_soup_s_answers(record: EvaluationRecord) -> None:
    seeds, soup = seed_answers(record), soup_answers(record)
    assert seeds.shape == (2, 12)
    assert soup.shape == (1, 12)
    made = make_row("thin", "thin", record, seeds, cost=None)
    assert len(made.fold_aucs) == 2
    assert made.milliseconds is None
    assert 0.0 <= made.figures["auc"].low <= made.figures["auc"].value


def test_records_of_other_folds_are_not_compared(record: EvaluationRecord) -> None:
    moved = record.clips[0].model_copy(update={"fold": 1 - record.clips[0].fold})
    other = record.model_copy(update={"clips": [moved, *record.clips[1:]]})
    check_comparable([record, record])
    with pytest.raises(DatasetError, match="same folds"):
        check_comparable([record, other])


def test_a_network_s_cost_is_measured_on_the_exported_file(start_weights: Path) -> None:
    from training.fitting.network import load_network
    from training.front_end import YAMNET_FRONT_END

    cost = measure_cost(load_network(start_weights), YAMNET_FRONT_END)
    assert cost.parameters > 0
    assert cost.litert_bytes > 4 * cost.parameters / 2
    assert cost.milliseconds > 0.0


def test_the_fastest_within_one_standard_error_of_the_best_is_chosen() -> None:
    best = row("best", [0.93, 0.95, 0.97], 50.0)
    close = row("close", [0.93, 0.94, 0.96], 10.0)
    far = row("far", [0.80, 0.82, 0.84], 1.0)
    many = row("many", [0.99, 0.99, 0.99], 5.0, networks=9)
    nothing = row("nothing", [0.99, 0.99, 0.99], None)
    assert choose([best, close, far, many, nothing]).name == "close"
    assert choose([best, far]).name == "best"
    twin = row("twin", [0.93, 0.945, 0.96], 10.5)
    assert choose([best, close, twin]).name == "twin", "as fast but for the clock's noise: better"


def test_the_table_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    rows = [
        row("good", [0.9, 0.95], 10.0),
        row("bad", [0.6, 0.7], None),
        row("two", [0.9, 0.91], 4.0, 2),
    ]
    table = render(rows, rows[0], 685, 413)
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    assert "**says good**" in lines[-1]
    assert "says bad" in lines[1], "the worst comes first"
    assert "2 × 1.0 MB | 8 |" in table
    document = tmp_path / "models.md"
    document.write_text("# Title\n\nbefore\n", encoding="utf-8")
    put_into(document, "the first table")
    document.write_text(document.read_text(encoding="utf-8") + "after\n", encoding="utf-8")
    put_into(document, table)
    text = document.read_text(encoding="utf-8")
    assert text.startswith("# Title\n\nbefore\n")
    assert text.endswith("after\n")
    assert "the first table" not in text
    assert text.count(table) == 1


def test_candidates_differ_and_repeat_alike() -> None:
    names = [its.name for its in CANDIDATES]
    assert len(set(names)) == len(names)
    assert {its.configuration.seeds for its in CANDIDATES} == {SEEDS}
    assert {(its.configuration.folds, its.configuration.seed) for its in CANDIDATES} == {(5, 0)}
    assert all(set(members) <= set(names) for members in ENSEMBLES.values())
