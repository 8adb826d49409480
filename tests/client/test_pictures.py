"""A job's pictures as both clients and the command give them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cough_client import CoughClient, errors
from tests.client.both_clients import Kind, talking
from tests.client.command import cough, csv_rows
from tests.client.scripted_server import Answer, scripted
from tests.end_to_end.processes import Service

ID = "0" * 32
NAMES = ("spectrogram", "explanation")


def _size(png: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
        picture.load()
        return picture.size


def test_they_are_drawn_and_there_in_numbers(client: CoughClient, recordings: list[Path]) -> None:
    diagnosis = client.diagnose(recordings[0], pictures=True)
    assert diagnosis.job_id is not None
    pictures = [client.spectrogram_png(diagnosis.job_id), client.explanation_png(diagnosis.job_id)]
    assert pictures[0] != pictures[1]
    assert all(width > 400 and height > 200 for width, height in map(_size, pictures))

    sound = client.spectrogram(diagnosis.job_id)
    levels = np.array(sound.levels_db)
    assert levels.shape == (len(sound.times_s) - 1, len(sound.bands_hz) - 1)
    assert sound.times_s[-1] == pytest.approx(diagnosis.audio.duration_s, abs=0.05)
    assert (levels.min(), levels.max()) >= (sound.lowest_db, sound.lowest_db)
    assert levels.max() <= sound.highest_db + 1

    rests_on = client.explanation(diagnosis.job_id)
    assert sum(rests_on.attention.shares) == pytest.approx(1, abs=1e-3)
    assert len(rests_on.attention.patches_s) == len(rests_on.attention.logits)
    assert rests_on.map is not None
    assert np.sum(rests_on.map.values) == pytest.approx(rests_on.logit, abs=0.01)
    assert (rests_on.logit > 0) is (diagnosis.diagnosis == "sick")
    assert rests_on.disclaimer == diagnosis.disclaimer


def test_a_job_without_them(client: CoughClient, recordings: list[Path]) -> None:
    job = client.wait(client.submit(recordings[1]).id)
    for ask in (
        client.spectrogram,
        client.explanation,
        client.spectrogram_png,
        client.explanation_png,
    ):
        with pytest.raises(errors.PicturesNotMadeError):
            ask(job.id)
        with pytest.raises(errors.JobNotFoundError):
            ask(ID)


@pytest.mark.parametrize("body", ["<html>", [], {"times_s": 1}, {"attention": {}, "map": {}}])
def test_an_answer_that_is_none(kind: Kind, body: object) -> None:
    with talking(kind, Answer(200, body, {"Content-Type": "text/html"})) as (client, _):
        for ask in (client.spectrogram, client.explanation, client.spectrogram_png):
            with pytest.raises(errors.UnexpectedAnswerError):
                ask(ID)


def test_a_network_without_frequencies_or_a_map(kind: Kind) -> None:
    attention = {"patches_s": [[0, 5.12]], "shares": [1], "logits": [-1.5]}
    flat = {"times_s": [0, 5.12], "bands_hz": None, "values": [[-1.5]]}
    body = {"logit": -1.5, "attention": attention, "disclaimer": "so", "map": flat}
    with talking(kind, Answer(200, body), Answer(200, {**body, "map": None})) as (client, _):
        found = client.explanation(ID).map
        assert found is not None
        assert (found.bands_hz, found.values) == (None, ((-1.5,),))
        assert client.explanation(ID).map is None


def test_the_command_saves_them(
    running_service: Service, recordings: list[Path], tmp_path: Path
) -> None:
    url, folder = running_service.url, tmp_path / "to" / "here"
    with CoughClient(url) as client:
        job = client.wait(client.submit(recordings[2], pictures=True).id)
        bare = client.wait(client.submit(recordings[2]).id)
        drawn = [client.spectrogram_png(job.id), client.explanation_png(job.id)]
    saved = cough("pictures", job.id, "--to", folder, server=url)
    files = [folder / f"{job.id}-{name}.png" for name in NAMES]
    assert (saved.returncode, saved.stdout.splitlines()) == (0, [str(file) for file in files])
    assert [file.read_bytes() for file in files] == drawn
    none = cough("pictures", bare.id, "--to", tmp_path / "none", server=url)
    assert (none.returncode, "pictures_not_made" in none.stderr) == (1, True)
    assert not (tmp_path / "none").exists()
    nowhere = cough("pictures", job.id, "--to", files[0] / "deeper", server=url)
    assert (nowhere.returncode, nowhere.stderr.count("\n")) == (1, 1)


def test_a_job_id_leads_nowhere_else(tmp_path: Path) -> None:
    folder = tmp_path / "drawn"
    with scripted(Answer(200, "PNG", {"Content-Type": "image/png"})) as server:
        assert cough("pictures", "../x", "--to", folder, server=server.url).returncode == 0
    names = [f"..%2Fx-{name}.png" for name in sorted(NAMES)]
    assert sorted(file.name for file in folder.iterdir()) == names
    assert list(tmp_path.iterdir()) == [folder]


def test_a_folder_is_diagnosed_with_pictures(
    running_service: Service, recordings: list[Path], tmp_path: Path
) -> None:
    url = running_service.url
    (tmp_path / "note.wav").write_text("The patient coughs.")
    files = [*recordings[3:5], tmp_path / "note.wav"]
    command: list[str | Path] = ["diagnose", *files, "--format=csv", "--state=done"]
    bare = cough(*command, server=url, cwd=tmp_path)
    assert [bare.returncode, *tmp_path.glob("*.png")] == [3]
    jobs = []
    for _ in range(2):  # what was done without pictures is not done; the second time it is
        done = cough(*command, "--pictures=drawn", server=url, cwd=tmp_path)
        assert done.returncode == 3
        jobs.append(sorted(row["job_id"] for row in csv_rows(done.stdout) if row["job_id"]))
    assert jobs[0] == jobs[1]
    saved = sorted(file.name for file in (tmp_path / "drawn").iterdir())
    assert saved == sorted(f"{job}-{name}.png" for job in jobs[0] for name in NAMES)


def test_local_draws_none(recordings: list[Path]) -> None:
    done = cough("diagnose", "--local", "--pictures=drawn", recordings[0])
    assert done.returncode == 2
