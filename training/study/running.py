"""Run what the study lacks, and make its rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from training.data.recordings import read_recordings
from training.evaluation.baselines import untouched_opinion
from training.evaluation.examined import examine_record
from training.evaluation.record import EvaluationRecord, read_record
from training.evaluation.simple_models import simple_model_probabilities
from training.fitting.configuration import Configuration
from training.fitting.measuring import evaluate
from training.fitting.preparation import Inputs, prepare, read_inputs
from training.fitting.run_folder import open_run
from training.fitting.start import front_end_of, start_as_configured
from training.front_end import YAMNET_FRONT_END
from training.study.candidates import ENSEMBLES, Candidate, WeightsKey
from training.study.cost import Cost, measure_cost
from training.study.rows import Row, check_comparable, make_row, seed_answers, soup_answers

_THRESHOLD = 0.5


class Study:
    """Candidates on one data set.

    Args:
        folder: of the runs, one a candidate; what is finished there is not run again.
        data: see `read_dataset`.
        noise: folders of backgrounds.
        weights: files and folders by the key that a candidate names.
        cache: the features' folder.
    """

    def __init__(
        self,
        folder: Path,
        data: Path,
        noise: list[Path],
        weights: Mapping[WeightsKey, Path],
        cache: Path | None,
    ) -> None:
        self._folder = folder
        self._data = data
        self._noise = noise
        self._weights = weights
        self._cache = cache

    def record(self, candidate: Candidate) -> EvaluationRecord:
        """A candidate's cross-validation: as found in its run folder, or run now.

        Raises:
            ScreeningError: the data or the weights cannot be used, or the folder is another run's.
        """
        inputs = self._inputs(candidate)
        folder = self._folder / candidate.name
        finished = folder / "record.json"
        if finished.is_file():
            record = read_record(finished)
            record.check_belongs(
                inputs.data_sha256, inputs.weights_sha256, inputs.configuration.as_json()
            )
            return record
        print(f"candidate {candidate.name}", flush=True)
        command = f"python -m training study: {candidate.name}"
        request = inputs.request("crossvalidate")
        with open_run(folder, request, quoted=command, seed=inputs.configuration.seed) as run:
            return evaluate(prepare(inputs, cache=self._cache), command, run=run)

    def rows(self, records: Mapping[Candidate, EvaluationRecord]) -> list[Row]:
        """The rows of all candidates, of their soups and ensembles, and of what needs no network.

        Raises:
            DatasetError: the records are not of the same clips in the same folds.
        """
        check_comparable(list(records.values()))
        rows = self._simple_rows(next(iter(records.values())))
        costs: dict[str, Cost] = {}
        for candidate, record in records.items():
            costs[candidate.name] = cost = self._cost(candidate)
            answers = seed_answers(record)
            rows.append(make_row(candidate.name, candidate.says, record, answers, cost=cost))
            if candidate.soup:
                says = f"{candidate.says}, weights of {len(answers)} fits averaged"
                rows.append(make_row(candidate.soup, says, record, soup_answers(record), cost=cost))
        by_name = {candidate.name: record for candidate, record in records.items()}
        for name, members in ENSEMBLES.items():
            if not set(members) <= set(by_name):
                continue
            answers = np.concatenate([seed_answers(by_name[member]) for member in members])
            rows.append(
                make_row(
                    name,
                    f"ensemble of {len(answers)} networks: {' and '.join(members)}",
                    by_name[members[0]],
                    answers.mean(axis=0)[None],
                    cost=costs[members[0]],
                    networks=len(answers),
                )
            )
        return rows

    def _weights_of(self, candidate: Candidate) -> Path | None:
        return self._weights[candidate.weights] if candidate.weights else None

    def _inputs(self, candidate: Candidate) -> Inputs:
        weights = self._weights_of(candidate)
        return read_inputs(self._data, weights, self._noise, candidate.configuration)

    def _cost(self, candidate: Candidate) -> Cost:
        weights = self._weights_of(candidate)
        network = start_as_configured(weights, candidate.configuration)
        return measure_cost(network, front_end_of(network, weights, candidate.configuration))

    def _simple_rows(self, record: EvaluationRecord) -> list[Row]:
        """MFCC with logistic regression, and YAMNet as it was published."""
        inputs = read_inputs(self._data, None, self._noise, Configuration())
        recordings = read_recordings(
            [clip.path for clip in inputs.clips], YAMNET_FRONT_END.sample_rate
        )
        examined = examine_record(record, inputs.clips, recordings, _THRESHOLD)
        mfcc = simple_model_probabilities(examined, YAMNET_FRONT_END)["mfcc_statistics"]
        untouched = untouched_opinion(self._weights["yamnet"], examined.waveforms)
        return [
            make_row(
                "mfcc",
                "MFCC statistics, logistic regression, not calibrated",
                record,
                mfcc[None],
                cost=None,
            ),
            make_row(
                "yamnet-untouched",
                "YAMNet untouched, max(Cough, Sneeze), not calibrated",
                record,
                untouched[None],
                cost=None,
            ),
        ]
