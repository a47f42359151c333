"""What a song costs each stage of a catalogue's job, in seconds of a core, which a busy machine does not change."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from genrescope.catalogue.output import Output
from genrescope.catalogue.places import place_of
from genrescope.catalogue.stages import Decode, Hear, Plan
from genrescope.listener import limits_for
from genrescope.options import SHARD_SONGS, SHIPPED_MODEL
from model.contract import load_contract
from tests.bench.machine import machine
from tests.support import REPOSITORY, SONGS

MEDLEY = REPOSITORY / "static" / "sample" / "medley.mp3"
N_REPEATS = 3
LONG, SHORT = [MEDLEY] * 4, sorted(SONGS.glob("*.mp3")) * 2


def costs(scratch: Path) -> dict[str, Any]:
    """The planner's figures: docs/catalogue.md says what each one is. A stage's cost is a + b * minutes, of two points:
    shards of short songs and of long ones, the median of some repeats each."""
    contract = load_contract(SHIPPED_MODEL)
    plan = Plan("/", Output(place_of(str(scratch))), SHIPPED_MODEL, contract.version, limits_for(None))
    begun_s = time.perf_counter()
    decode, hear = Decode(plan, _never_died), Hear(plan, _never_died)
    start_s = time.perf_counter() - begun_s
    short, long = (_median([_shard(decode, hear, songs) for _ in range(N_REPEATS)]) for songs in (SHORT, LONG))
    lines = {stage: _line(short, long, f"{stage}_s") for stage in ("decode", "hear")}
    return {
        "decode_mel_core_s_per_audio_min": lines["decode"][1],
        "inference_core_s_per_audio_min": lines["hear"][1],
        "decode_mel_core_s_per_song": lines["decode"][0],
        "inference_core_s_per_song": lines["hear"][0],
        "audio_min_per_song_measured": [short["audio_min"], long["audio_min"]],
        "log_mel_mb_per_audio_min": round(long["sounds_mb"] / long["audio_min"], 4),
        "output_kb_per_audio_min": round(long["output_kb"] / long["audio_min"], 3),
        "songs_per_shard": SHARD_SONGS,
        "windows_per_batch": {"cpu": 1, "gpu": 16},
        "start_of_workers_s": round(start_s, 2),
        "n_repeats": N_REPEATS,
        "machine": {**machine(), "load_1_min": round(os.getloadavg()[0], 1)},
        "command": "python -m tests.catalogue costs --write",
    }


def _never_died(*_: str) -> int:
    return 0


def _shard(decode: Decode, hear: Hear, songs: Sequence[Path]) -> dict[str, float]:
    """One, in this process: what a song of it costs on the average."""
    sounds = decode(pa.table({"shard": [0], "names": [[os.fsencode(path) for path in songs]]}))
    done = hear(sounds).to_pylist()[0]
    part = Path(hear.plan.output.songs.path, "part-00000000.parquet")
    size_kb = part.stat().st_size / 1000
    part.unlink()  # a shard that is there is not written again
    n = len(songs)
    return {
        "audio_min": done["audio_s"] / 60 / n,
        "decode_s": done["decode_s"] / n,
        "hear_s": done["hear_s"] / n,
        "sounds_mb": len(sounds["sounds"][0].as_buffer()) / 1e6 / n,
        "output_kb": size_kb / n,
    }


def _median(found: Sequence[dict[str, float]]) -> dict[str, float]:
    return {key: statistics.median(each[key] for each in found) for key in found[0]}


def _line(short: dict[str, float], long: dict[str, float], key: str) -> tuple[float, float]:
    """Seconds a song, and a minute of sound."""
    slope = (long[key] - short[key]) / (long["audio_min"] - short["audio_min"])
    return round(short[key] - slope * short["audio_min"], 5), round(slope, 5)
