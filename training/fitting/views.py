"""Every view of every clip, computed once in parallel processes and cached on disk."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any

import numpy.typing as npt
from tqdm import tqdm

from training.data.recordings import read_waveform
from training.fitting.feature_cache import FeatureCache
from training.fitting.view_maker import ViewMaker
from worker.spectrogram import Waveform

# Starting processes takes longer than this many views.
_WORTH_PROCESSES = 100

View = int | None


@dataclass(frozen=True)
class Views:
    """The cached features of clips.

    Attributes:
        maker: how a view is made.
        paths: the recordings.
        contents: SHA-256 of each.
        cache: where the views lie.
    """

    maker: ViewMaker
    paths: Sequence[Path]
    contents: Sequence[str]
    cache: FeatureCache

    def complete(self, views: int, *, processes: int | None = None) -> None:
        """Compute what the cache lacks of the clean view and of augmented views, with a bar.

        Args:
            views: how many augmented ones.
            processes: how many at once; default: one a core, or none besides this one if little
                is missing.

        Raises:
            DatasetError: a recording cannot be decoded.
            CannotWriteError: the cache cannot be written.
        """
        numbers: list[View] = [None, *range(views)]
        missing = [
            (clip, [view for view in numbers if self._key(clip, view) not in self.cache])
            for clip in range(len(self.paths))
        ]
        missing = [(clip, its) for clip, its in missing if its]
        count = sum(len(its) for _, its in missing)
        if processes is None:
            processes = len(os.sched_getaffinity(0)) if count >= _WORTH_PROCESSES else 1
        with tqdm(total=count, desc="features", unit="view", disable=None, leave=False) as bar:
            if not missing:
                return
            for done in self._made(missing, processes):
                bar.update(done)

    def load(self, view: View) -> list[npt.NDArray[Any]]:
        """One view of every clip, (frames, feature_width) each; see `ViewMaker.make`.

        What is damaged or gone from the cache is made again.
        """
        backgrounds: list[Waveform] = []
        loaded = []
        for clip, content in enumerate(self.contents):
            array = self.cache.get(self._key(clip, view))
            if array is None:
                backgrounds = backgrounds or self._backgrounds()
                self._make(clip, [view], backgrounds)
                array = self.cache.get(self._key(clip, view))
            if array is None:
                raise RuntimeError(f"the cache lost {content} at once")
            loaded.append(array)
        return loaded

    def _made(self, missing: list[tuple[int, list[View]]], processes: int) -> Iterator[int]:
        """Make views; yields how many, clip by clip, in no order."""
        if processes == 1:
            backgrounds = self._backgrounds()
            for clip, views in missing:
                yield self._make(clip, views, backgrounds)
            return
        # Not forked: TensorFlow and its threads may be loaded here already.
        with ProcessPoolExecutor(
            processes, get_context("spawn"), initializer=_start, initargs=(self,)
        ) as pool:
            tasks = [pool.submit(_work, clip, views) for clip, views in missing]
            try:
                for task in as_completed(tasks):
                    yield task.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def _make(self, clip: int, views: list[View], backgrounds: Sequence[Waveform]) -> int:
        waveform = read_waveform(self.paths[clip], self.maker.front_end.sample_rate)
        for view in views:
            made = self.maker.make(waveform, self.contents[clip], view, backgrounds)
            self.cache.put(self._key(clip, view), made)
        return len(views)

    def _key(self, clip: int, view: View) -> str:
        return self.maker.key(self.contents[clip], view)

    def _backgrounds(self) -> list[Waveform]:
        read = partial(read_waveform, sample_rate=self.maker.front_end.sample_rate)
        return [read(path) for path in self.maker.backgrounds]


# Of a process of the pool.
_made_here: tuple[Views, list[Waveform]] | None = None


def _start(views: Views) -> None:
    global _made_here
    _made_here = views, views._backgrounds()
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    """A parent that is killed cannot tell its pool: without this it would wait for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(clip: int, views: list[View]) -> int:
    assert _made_here is not None
    owner, backgrounds = _made_here
    return owner._make(clip, views, backgrounds)
