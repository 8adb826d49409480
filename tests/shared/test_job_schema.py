"""The job as the API shows it: a stable schema."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from shared.job import Job, JobStatus, ModelReference, Probabilities, Result, new_job_id
from tests.support.results import RESULT


def test_a_result_reads_back_as_it_was_written() -> None:
    assert Result.model_validate_json(RESULT.model_dump_json(by_alias=True)) == RESULT


def test_a_result_names_its_labels_as_people_write_them() -> None:
    written = json.loads(RESULT.model_dump_json(by_alias=True))

    assert written["diagnosis"] in ("sick", "not sick")
    assert set(written["probabilities"]) == {"sick", "not sick"}
    assert set(written["audio"]) == {"duration_s", "sample_rate", "channels", "format"}
    assert set(written["timings_ms"]) == {"decode", "spectrogram", "inference", "total"}


@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_probability_lies_between_0_and_1(value: float) -> None:
    with pytest.raises(ValidationError):
        Probabilities(sick=value, not_sick=0.5)


def test_ids_are_random_and_long() -> None:
    ids = {new_job_id() for _ in range(1000)}

    assert len(ids) == 1000
    assert all(re.fullmatch(r"[0-9a-f]{32}", job_id) for job_id in ids)


@pytest.mark.parametrize("job_id", ["", "x" * 32, "A" * 32, "0" * 31, "0" * 33, "../../etc/passwd"])
def test_no_job_has_another_kind_of_id(job_id: str) -> None:
    with pytest.raises(ValidationError):
        Job(
            id=job_id,
            status=JobStatus.QUEUED,
            created_at=datetime.now(tz=UTC),
            model=ModelReference.parse("sick-sounds@2.0.0"),
        )


def test_three_states_are_final() -> None:
    assert {status for status in JobStatus if status.terminal} == {
        "succeeded",
        "failed",
        "canceled",
    }


@pytest.mark.parametrize(
    "reference", ["sick-sounds", "@1.0.0", "sick-sounds@", "../x@1.0.0", "x@1.0.0/..", "X@1.0.0"]
)
def test_a_model_reference_cannot_lead_out_of_the_models_folder(reference: str) -> None:
    with pytest.raises(ValidationError):
        ModelReference.parse(reference)


def test_a_model_reference_reads_back_as_it_was_written() -> None:
    assert str(ModelReference.parse("sick-sounds@2.0.0")) == "sick-sounds@2.0.0"
