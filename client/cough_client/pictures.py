"""A job's pictures: PNG, or the arrays that they are drawn from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from cough_client.answers import Json, reading
from cough_client.calls import Call, Steps, exchange, json_in
from cough_client.errors import UnexpectedAnswerError
from cough_client.retrying import RetryPolicy
from cough_client.steps import job_path

Name = Literal["spectrogram", "explanation"]
NAMES: Final[tuple[Name, ...]] = ("spectrogram", "explanation")

_PNG: Final = "image/png"

Numbers = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Spectrogram:
    """How loud each frequency was at each time.

    Attributes:
        times_s: borders of the columns, seconds: one more than there are columns.
        bands_hz: borders of the bands, Hz, even in mel: one more than there are bands.
        levels_db: of each column, each band's level, whole dB; 0 is a sine of full scale.
        lowest_db: what is softer is given as this.
        highest_db: the end of the picture's colours.
    """

    times_s: Numbers
    bands_hz: Numbers
    levels_db: tuple[tuple[int, ...], ...]
    lowest_db: int
    highest_db: int


@dataclass(frozen=True, slots=True)
class Attention:
    """When the network listened.

    Attributes:
        patches_s: where each patch begins and ends, seconds.
        shares: of the attention, for each patch; they sum to 1.
        logits: what was heard in each patch; above 0 speaks for `sick`.
    """

    patches_s: tuple[tuple[float, float], ...]
    shares: Numbers
    logits: Numbers


@dataclass(frozen=True, slots=True)
class EvidenceMap:
    """Where in time and frequency the network heard it.

    Attributes:
        times_s: borders of the cells, seconds.
        bands_hz: their borders, Hz; None: the network's features have no frequencies.
        values: at each time, each band's part of the logit; they sum to it.
    """

    times_s: Numbers
    bands_hz: Numbers | None
    values: tuple[Numbers, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a diagnosis by research software rests on: read `disclaimer`.

    Attributes:
        logit: what calibration makes P(sick) of.
        map: None: the network gives none.
    """

    logit: float
    attention: Attention
    map: EvidenceMap | None
    disclaimer: str


def get_png(job_id: str, name: Name, policy: RetryPolicy) -> Steps[bytes]:
    """A picture of the job's as PNG."""
    call = Call("GET", _path(job_id, name), headers={"Accept": _PNG})
    response = yield from exchange(call, policy)
    if response.headers.get("content-type") != _PNG:
        raise UnexpectedAnswerError("The answer is not a PNG picture")
    return response.content


def get_spectrogram(job_id: str, policy: RetryPolicy) -> Steps[Spectrogram]:
    """The arrays of the sound."""
    call = Call("GET", _path(job_id, "spectrogram"))
    return reading(_spectrogram, json_in((yield from exchange(call, policy))), "a spectrogram")


def get_explanation(job_id: str, policy: RetryPolicy) -> Steps[Explanation]:
    """The arrays of what the diagnosis rests on."""
    call = Call("GET", _path(job_id, "explanation"))
    return reading(_explanation, json_in((yield from exchange(call, policy))), "an explanation")


def _path(job_id: str, name: Name) -> str:
    return f"{job_path(job_id)}/{name}.png"


def _spectrogram(body: Json) -> Spectrogram:
    return Spectrogram(
        times_s=_numbers(body["times_s"]),
        bands_hz=_numbers(body["bands_hz"]),
        levels_db=tuple(tuple(map(int, column)) for column in body["levels_db"]),
        lowest_db=int(body["lowest_db"]),
        highest_db=int(body["highest_db"]),
    )


def _explanation(body: Json) -> Explanation:
    attention, found = body["attention"], body["map"]
    return Explanation(
        logit=float(body["logit"]),
        attention=Attention(
            patches_s=tuple((float(begin), float(end)) for begin, end in attention["patches_s"]),
            shares=_numbers(attention["shares"]),
            logits=_numbers(attention["logits"]),
        ),
        map=None
        if found is None
        else EvidenceMap(
            times_s=_numbers(found["times_s"]),
            bands_hz=None if found["bands_hz"] is None else _numbers(found["bands_hz"]),
            values=tuple(map(_numbers, found["values"])),
        ),
        disclaimer=str(body["disclaimer"]),
    )


def _numbers(values: Iterable[float]) -> Numbers:
    return tuple(map(float, values))
