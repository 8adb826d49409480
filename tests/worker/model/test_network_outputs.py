"""A network gives what its card says that it gives, or it is refused before it is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shared.bundle import EvidenceGrid, Network
from shared.errors import BundleError
from tests.support.bundles import change_card
from tests.support.networks import (
    BATCH,
    EVERYTHING,
    GRID,
    SHAPE,
    expected,
    put_network,
    tiny_network,
)
from worker.model.bundle import load_bundle
from worker.model.network import LiteRtNetwork

CARD = Network(batch=BATCH, quantisation="float32", parameters=1, evidence=GRID)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a network that gives every output."""
    folder = tmp_path_factory.mktemp("everything")
    (folder / CARD.litert).write_bytes(tiny_network())
    return folder


def _load(folder: Path, network: bytes, card: Network = CARD) -> LiteRtNetwork:
    (folder / card.litert).write_bytes(network)
    return LiteRtNetwork(folder, card)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
def test_every_output_of_every_patch(everything: Path, count: int) -> None:
    patches = np.random.default_rng(0).normal(size=(count, *SHAPE)).astype(np.float32)

    outputs = LiteRtNetwork(everything, CARD)(patches)

    told = expected(patches)
    assert outputs.logits == pytest.approx(told["logit"], abs=1e-5)
    assert outputs.attention == pytest.approx(told["attention"])
    assert outputs.evidence == pytest.approx(told["evidence"], abs=1e-6)
    assert outputs.event == pytest.approx(told["event"])


def test_evidence_that_the_card_does_not_speak_of_is_not_given(everything: Path) -> None:
    plain = CARD.model_copy(update={"evidence": None})

    outputs = LiteRtNetwork(everything, plain)(np.zeros((2, *SHAPE), np.float32))

    assert outputs.evidence is None


def test_a_network_need_not_give_events(tmp_path: Path) -> None:
    network = _load(tmp_path, tiny_network(("logit", "attention", "evidence")))

    assert network(np.zeros((2, *SHAPE), np.float32)).event is None


@pytest.mark.parametrize("missing", ["logit", "attention", "evidence"])
def test_a_missing_output_is_refused(tmp_path: Path, missing: str) -> None:
    others = tuple(name for name in EVERYTHING if name != missing)

    with pytest.raises(BundleError, match=f"no output '{missing}'"):
        _load(tmp_path, tiny_network(others))


@pytest.mark.parametrize("name", EVERYTHING)
def test_an_output_of_another_shape_is_refused(tmp_path: Path, name: str) -> None:
    def wider(answers: dict[str, Any]) -> dict[str, Any]:
        return {**answers, name: answers[name][..., None]}

    with pytest.raises(BundleError, match=f"gives '{name}' as .* its card says"):
        _load(tmp_path, tiny_network(spoil=wider))


def test_an_output_of_another_type_is_refused(tmp_path: Path) -> None:
    def whole(answers: dict[str, Any]) -> dict[str, Any]:
        import tensorflow as tf

        return {**answers, "logit": tf.cast(answers["logit"], tf.int32)}

    with pytest.raises(BundleError, match=r"'logit' of .* is not float32"):
        _load(tmp_path, tiny_network(spoil=whole))


def test_an_input_of_another_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"takes .*'spectrogram'"):
        _load(tmp_path, tiny_network(takes="spectrogram"))


@pytest.mark.parametrize(
    "change",
    [
        {"batch": 1},
        {"evidence": EvidenceGrid(time_cells=5, band_cells=4)},
        {"evidence": EvidenceGrid(time_cells=6, band_cells=8)},
    ],
)
def test_a_card_of_another_network_is_refused(everything: Path, change: dict[str, Any]) -> None:
    with pytest.raises(BundleError, match="its card says"):
        LiteRtNetwork(everything, CARD.model_copy(update=change))


@pytest.mark.parametrize(
    ("field", "value"), [("mel_bands", 32), ("patch_frames", 48), ("features", "waveform")]
)
def test_a_front_end_that_feeds_another_network_is_refused(
    bundle_copy: Path, field: str, value: object
) -> None:
    change_card(bundle_copy, lambda card: card["front_end"].update({field: value}))

    with pytest.raises(BundleError, match="its front end makes"):
        load_bundle(bundle_copy)


def test_doubts_about_an_event_need_a_network_that_gives_it(
    bundle_copy: Path, everything: Path
) -> None:
    doubts = {
        "uncertain_from": 0.4,
        "uncertain_to": 0.6,
        "event_below": 0.5,
        "event": {"scale": 1.0, "offset": 0.0},
        "chosen": "by a test",
    }
    change_card(bundle_copy, lambda card: card.update(doubts=doubts))

    with pytest.raises(BundleError, match="no output 'event'"):
        load_bundle(bundle_copy)

    put_network(bundle_copy, (everything / CARD.litert).read_bytes())
    assert load_bundle(bundle_copy).card.doubts is not None
