"""Small data sets on disk, each in a published layout, of made recordings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shared.audio_format import AudioFormat
from tests.support.recordings import cough, encode

SECONDS = 0.2
_FORMATS = {
    ".wav": AudioFormat.WAV,
    ".flac": AudioFormat.FLAC,
    ".mp3": AudioFormat.MP3,
    ".ogg": AudioFormat.OGG_OPUS,
    ".webm": AudioFormat.WEBM,
}


def recording(path: Path, seed: int, *, channels: int = 1) -> Path:
    """Write a made cough in the format that the name ends on; each seed is another one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    waveform = cough(SECONDS, seed=seed)
    path.write_bytes(encode(waveform, 16_000, _FORMATS[path.suffix], channels))
    return path


def text(path: Path, content: str) -> Path:
    """Write a text file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def manifest(folder: Path, rows: str, header: str = "file,label,source_id") -> Path:
    """A manifest and recordings `a.wav` to `d.wav`."""
    for seed, name in enumerate("abcd"):
        recording(folder / f"{name}.wav", seed)
    return text(folder / "manifest.csv", f"{header}\n{rows}")


def coswara(root: Path) -> Path:
    """Seven participants over two days; the last one's folder has not been extracted."""
    states = {
        "p1": "positive_mild",
        "p2": "positive_moderate",
        "p3": "positive_asymp",
        "h1": "healthy",
        "h2": "healthy",
        "r1": "recovered_full",
        "n1": "healthy",
    }
    rows = [f"{its},30,{state},y,web" for its, state in states.items()]
    text(root / "combined_data.csv", "\n".join(["id,a,covid_status,ep,dT", *rows, ""]))
    for number, participant in enumerate([*list(states)[:-1], "stranger"]):
        folder = root / "Extracted_data" / f"2020041{3 + number % 2}" / participant
        for kind, sound in enumerate(("cough-heavy", "cough-shallow", "breathing-deep")):
            recording(folder / f"{sound}.wav", 10 * number + kind)
    text(
        root / "annotations" / "cough-heavy_labels.csv",
        "FILENAME, QUALITY\np1_cough-heavy,2\nh1_cough-heavy,0\n",
    )
    return root


COUGHVID: dict[str, tuple[str, dict[str, Any]]] = {
    "aaa": (".webm", {"cough_detected": "0.9609", "status": "COVID-19"}),
    "bbb": (".ogg", {"cough_detected": "0.8", "status": "symptomatic"}),
    "ccc": (".webm", {"cough_detected": "0.99", "status": "healthy"}),
    "ddd": (".ogg", {"cough_detected": "0.95", "status": "healthy"}),
    "eee": (".webm", {"cough_detected": "0.7999", "status": "healthy"}),
    "fff": (".webm", {"cough_detected": "0.97"}),
}


def coughvid(root: Path, *, compiled: bool) -> Path:
    """Six recordings, one surely no cough and one without a status; one stands twice."""
    rows = [",uuid,datetime,cough_detected,latitude,longitude,age,gender,status,status_SSL"]
    for seed, (uuid, (suffix, known)) in enumerate(COUGHVID.items()):
        recording(root / f"{uuid}{suffix}", seed)
        detected, status = known["cough_detected"], known.get("status", "")
        rows.append(f"{seed},{uuid},2020-04-13T21:30:59,{detected},31.3,34.8,15.0,male,{status},")
        if not compiled:
            text(root / f"{uuid}.json", json.dumps({"datetime": "2020", **known}))
    recording(root / "aaa.wav", 0)
    if compiled:
        text(root / "metadata_compiled.csv", "\n".join([*rows, ""]))
    return root


def virufy(root: Path) -> Path:
    """Two patients of each result with two coughs each, and the unsegmented recordings."""
    patients = (
        "pos-0421-084-cough-m-50",
        "pos-0421-087-cough-f-40",
        "neg-0421-083-cough-m-53",
        "neg-0422-098-cough-f-24",
    )
    rows = [
        "date,corona_test,age,gender,medical_history,smoker,patient_reported_symptoms,cough_filename"
    ]
    for number, patient in enumerate(patients):
        label = patient[:3]
        recording(root / "clinical" / "original" / label / f"{patient}.mp3", 100 + number)
        test = "positive" if label == "pos" else "negative"
        rows.append(f'4/21/2020,{test},50,male,"None,",no,"Cough, fever",{patient}.mp3')
        for part in range(2):
            name = f"{patient}-{part}.mp3"
            recording(root / "clinical" / "segmented" / label / name, 10 * number + part)
    text(root / "clinical" / "labels.csv", "\n".join([*rows, ""]))
    return root


def covid19_cough(root: Path, *, published: bool) -> Path:
    """Two recordings by telephone and two from Telegram, one of each label."""
    entries = []
    for number in range(4):
        channel = ("call-center", "telegram")[number // 2]
        folder = "raw" if published else "clips"
        recording(root / folder / f"{number}.mp3", number, channels=2 - number // 2)
        entries.append(
            {
                "filename": f"{number}.mp3",
                "start_at": 54.908,
                "end_at": 56.875,
                "comment": None,
                "covid19": number % 2 == 0,
                "source": channel,
            }
        )
    if published:
        text(root / "metadata.json", json.dumps(entries))
    else:
        rows = [
            f"clips/{its['filename']},{its['covid19']:d},1,,{its['source']},,1" for its in entries
        ]
        header = "file,covid19,verified,asymptomatic,source,kind,duration_s"
        text(root / "manifest.csv", "\n".join([header, *rows, ""]))
    return root


def esc(root: Path, *, published: bool) -> Path:
    """Two sneezes and two dogs, of two folds."""
    sounds = [("s1", 1, "sneezing", 1), ("s2", 2, "sneezing", 2), ("d1", 1, "dog", 3)]
    sounds.append(("d2", 2, "dog", 4))
    rows = ["filename,fold,target,category,esc10,src_file,take"]
    if not published:
        rows = ["file,label,fold,source_id"]
    for seed, (name, fold, kind, source) in enumerate(sounds):
        if published:
            recording(root / "audio" / f"{name}.wav", seed)
            rows.append(f"{name}.wav,{fold},0,{kind},True,{source},A")
        else:
            recording(root / kind / f"{name}.wav", seed)
            rows.append(f"{kind}/{name}.wav,{kind},{fold},{source}")
    place = root / "meta" / "esc50.csv" if published else root / "manifest.csv"
    text(place, "\n".join([*rows, ""]))
    return root
