"""A bundle that is there → the same bundle with other exports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from shared.bundle import Card, Export, Quantisation, read_card, verify_files
from shared.errors import BundleError
from training.bundles.conversion import FILES, convert, describe, input_shape
from training.bundles.export import ANSWERS_CHANGED, check_export, make_judge
from training.bundles.renewal import copy_files
from training.bundles.staging import staged
from training.bundles.writing import finish_bundle
from training.data.dataset import DatasetError, read_dataset
from training.data.recordings import read_waveforms
from training.fitting.network import load_network
from worker.features import waveform_to_patches

REPRESENTATIVE_CLIPS = 100  # whose activations set the ranges of int8


@dataclass(frozen=True)
class ExportPlan:
    """What to export and how far it may be from the Keras network.

    Attributes:
        quantisations: of the files to make; files that are there of others stay.
        serve: which file the worker shall run; None for the one that it runs already.
        clips: how many recordings to compare on.
        accepted: share of answers that an eight-bit file may change, 0 to 1.
    """

    quantisations: Sequence[Quantisation] = tuple(FILES)
    serve: Quantisation | None = None
    clips: int = 200
    accepted: float = ANSWERS_CHANGED


def renew_exports(
    folder: Path, data: Path, plan: ExportPlan, *, source_column: str = "source_id"
) -> Card:
    """Convert a bundle's Keras network, prove the files, and put them into the bundle.

    Args:
        folder: the bundle, `.../<name>/<version>`.
        data: the recordings that it was trained on; see `read_dataset`. Some of them, drawn
            always alike, are compared on, and others (where there are enough) set int8's ranges.
        plan: what to export.
        source_column: of the manifest.

    Returns:
        The card as written.

    Raises:
        BundleError: the bundle or its Keras network cannot be used, or a file is too far from it.
        DatasetError: the data cannot be used.
        CannotWriteError: the disk is full, or the folder may not be written.
    """
    if plan.clips < 1:
        raise DatasetError("at least one clip must be compared on")
    folder = folder.resolve()
    card = read_card(folder)
    verify_files(folder, card)
    network = _keras_network(folder, card)
    clips = read_dataset(data, source_column=source_column)
    order = np.random.default_rng(0).permutation(len(clips))
    compared, representative = order[: plan.clips], order[-REPRESENTATIVE_CLIPS:]

    def patches_of(chosen: Iterable[int]) -> list[Any]:
        waveforms = read_waveforms((clips[i].path for i in chosen), card.front_end.sample_rate)
        return [waveform_to_patches(waveform, card.front_end) for waveform in waveforms]

    judge = make_judge(
        network,
        patches_of(compared),
        np.array([clips[i].label for i in compared], dtype=np.float32),
        card.calibration,
        card.threshold,
    )
    ranges = patches_of(representative) if "int8" in plan.quantisations else []
    exports = {export.quantisation: export for export in card.exports}
    with staged(folder) as beside:
        copy_files(folder, beside, card)
        described = describe(network, card.network.batch)
        for quantisation in plan.quantisations:
            file = FILES[quantisation]
            (beside / file).write_bytes(convert(network, described.batch, quantisation, ranges))
            made = described.model_copy(update={"litert": file, "quantisation": quantisation})
            export = judge.compare(beside, made)
            check_export(export, accepted=plan.accepted)
            exports[quantisation] = export
        served = _served(card, plan.serve, exports)
        return finish_bundle(
            beside,
            card.model_copy(
                update={
                    "network": described.model_copy(update=served),
                    "exports": [exports[its] for its in FILES if its in exports],
                }
            ),
        )


def _keras_network(folder: Path, card: Card) -> Any:
    path = folder / card.network.keras
    if not path.is_file():
        raise BundleError(f"{card.reference} has no {path.name}: there is nothing to convert")
    network = load_network(path)
    taken = input_shape(network)
    made = (card.front_end.patch_frames, card.front_end.feature_width)
    if taken != made:
        raise BundleError(
            f"{path.name} takes patches of {taken}, its card's front end makes {made}"
        )
    return network


def _served(
    card: Card, serve: Quantisation | None, exports: dict[Quantisation, Export]
) -> dict[str, str]:
    if serve is None:
        return {"litert": card.network.litert, "quantisation": card.network.quantisation}
    if serve not in exports:
        raise BundleError(f"{card.reference} has no {serve} file to serve: export it too")
    return {"litert": exports[serve].file, "quantisation": serve}
