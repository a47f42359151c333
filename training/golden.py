"""Golden vectors: the same signals with what every stage makes of them, for the page's tests to agree with.

The signals are made here from formulas and a seed, so that nobody's music has to be shipped for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.features import Array, Float32, LogMelStream, Resampler, to_mono
from model.predictor import Predictor
from model.windows import row_logits, row_probabilities

COMMAND = "python -m training export"


@dataclass(frozen=True)
class Signal:
    """A test signal, int16 [n, channels], as an uncompressed file would hold it."""

    name: str
    sample_rate_hz: int
    pcm: Array


def golden_signals() -> Iterator[Signal]:
    """Every resampling route and channel relation, and songs shorter and longer than a window."""
    yield _signal("tune-22050-mono", 22_050, 11.0, 1, seed=1)
    yield _signal("tune-44100-stereo", 44_100, 4.0, 2, seed=2)
    yield _signal("tune-48000-stereo", 48_000, 3.5, 2, seed=3)
    yield _signal("tune-8000-mono", 8_000, 4.0, 1, seed=4)
    yield _signal("tune-96000-mono", 96_000, 1.5, 1, seed=5)
    both = _signal("opposed-44100-stereo", 44_100, 2.0, 1, seed=6)
    yield Signal(both.name, both.sample_rate_hz, np.hstack([both.pcm, -both.pcm]))
    yield Signal("silence-22050-mono", 22_050, np.zeros((22_050 * 2, 1), np.int16))
    yield Signal("full-scale-11025-mono", 11_025, _square(11_025 * 2))


def _signal(name: str, rate_hz: int, duration_s: float, channels: int, seed: int) -> Signal:
    """Plucked notes over noise bursts and a sweep, each channel its own: energy in all bands and clear onsets."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(int(rate_hz * duration_s)) / rate_hz
    pcm = np.empty((len(time_s), channels))
    for channel in range(channels):
        beat_s = time_s % 0.5
        pitch_hz = rng.choice([110, 147, 196, 247, 330, 440], int(duration_s * 2) + 1)[(time_s // 0.5).astype(int)]
        notes = np.sin(2 * np.pi * pitch_hz * beat_s) + 0.4 * np.sin(6 * np.pi * pitch_hz * beat_s)
        noise = rng.standard_normal(len(time_s)) * np.exp(-beat_s * 30)
        sweep = np.sin(2 * np.pi * (60 * time_s + 0.2 * rate_hz / duration_s * time_s**2))
        pcm[:, channel] = 0.3 * notes * np.exp(-beat_s * 5) + 0.15 * noise + 0.08 * sweep
    return Signal(name, rate_hz, np.round(np.clip(pcm, -1, 1) * 32_767).astype(np.int16))


def _square(n: int) -> Array:
    return np.where(np.arange(n) // 25 % 2, 32_767, -32_768).astype(np.int16)[:, np.newaxis]


def write_golden(predictor: Predictor, folder: Path) -> None:
    """golden.json and the arrays it names, from the server's own network and signal chain."""
    folder.mkdir()
    cases = [_write_case(signal, predictor, folder) for signal in golden_signals()]
    (folder / "golden.json").write_text(json.dumps({"command": COMMAND, "cases": cases}, indent=1), encoding="utf-8")


def _write_case(signal: Signal, predictor: Predictor, folder: Path) -> dict[str, object]:
    contract = predictor.contract
    pcm = signal.pcm.astype(np.float32) / 32_768
    resampler = Resampler(signal.sample_rate_hz, contract.chain.sample_rate_hz, contract.chain.resampler)
    resampled = np.concatenate([resampler.push(to_mono(pcm)), resampler.finish()])
    stream = LogMelStream(contract.chain, contract.mel_filters(), signal.sample_rate_hz)
    log_mel = np.concatenate([stream.push(pcm), stream.finish()])
    logits = predictor.step_logits(log_mel)
    rows = row_logits(logits, stream.duration_s, contract.chain, contract.windows, contract.rows)
    stages: dict[str, Float32] = {
        "resampled": resampled,
        "log_mel": log_mel,
        "logits": logits,
        "probabilities": row_probabilities(rows, contract.rows).astype(np.float32),
    }
    case: dict[str, object] = {
        "name": signal.name,
        "sample_rate_hz": signal.sample_rate_hz,
        "channels": signal.pcm.shape[1],
        "pcm": {"file": f"{signal.name}.pcm.s16", "shape": list(signal.pcm.shape)},
    }
    signal.pcm.astype("<i2").tofile(folder / f"{signal.name}.pcm.s16")
    for stage, array in stages.items():
        file = f"{signal.name}.{stage}.f32"
        array.astype("<f4").tofile(folder / file)
        case[stage] = {"file": file, "shape": list(array.shape)}
    return case
