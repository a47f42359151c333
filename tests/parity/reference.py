"""Python's side: the stages of a song as training and /predict compute them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from model.audio import open_audio
from model.features import Float32, LogMelStream, Resampler, to_mono
from model.predictor import Predictor
from model.windows import row_logits, row_probabilities
from tests.parity.compare import Stages


def stages_in_python(predictor: Predictor, pcm: Float32, sample_rate_hz: int) -> Stages:
    """PCM float32 [n, channels] to every stage."""
    contract = predictor.contract
    resampler = Resampler(sample_rate_hz, contract.chain.sample_rate_hz, contract.chain.resampler)
    stream = LogMelStream(contract.chain, contract.mel_filters(), sample_rate_hz)
    log_mel = np.concatenate([stream.push(pcm), stream.finish()])
    logits = predictor.step_logits(log_mel)
    rows = row_logits(logits, stream.duration_s, contract.chain, contract.windows, contract.rows)
    return Stages(
        resampled=np.concatenate([resampler.push(to_mono(pcm)), resampler.finish()]),
        log_mel=log_mel,
        logits=logits,
        probabilities=row_probabilities(rows, contract.rows),
    )


def decoded_in_python(song: Path) -> tuple[Float32, int]:
    """A file's PCM [n, channels], and its rate in Hz."""
    with open_audio(song) as stream:
        return np.concatenate(list(stream)), stream.sample_rate_hz


def golden_stages(case: dict[str, Any]) -> Stages:
    """The same, as export wrote them for a golden case."""
    return Stages(**{stage: case[stage] for stage in ("resampled", "log_mel", "logits", "probabilities")})
