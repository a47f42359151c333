"""A song's PCM to its genres, second by second, on the server's copy of the network."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.audio import TooShort
from model.contract import Contract, ContractError, load_contract
from model.features import Array, Float32, LogMelStream
from model.windows import cut_windows, join_windows, row_logits, softmax, verdict_genre, verdict_probabilities

WINDOWS_A_BATCH = 16  # bounds memory on long songs; larger ones are no faster on a CPU


@dataclass(frozen=True)
class Analysis:
    """One song: its rows [rows, genres] and its verdict [genres], as probabilities."""

    contract: Contract
    duration_s: float
    probabilities: Array
    verdict: Array

    def to_json(self) -> dict[str, Any]:
        """The result object that the page's event and /predict share."""
        contract, verdict = self.contract, [round(float(p), 6) for p in self.verdict]
        return {
            "model": {"name": contract.name, "version": contract.version},
            "genres": list(contract.genres),
            "duration_s": round(self.duration_s, 6),
            "step_s": contract.rows.step_s,
            "probabilities": np.round(self.probabilities, 6).tolist(),
            "verdict": {
                "genre": verdict_genre(verdict, contract.genres),
                "confidence": max(verdict),
                "probabilities": dict(zip(contract.genres, verdict, strict=True)),
            },
        }


class Predictor:
    """A model folder, loaded once; `analyse` may be called from several threads.

    Raises ContractError when the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        import tensorflow as tf  # seconds to import: whoever serves the page builds a Predictor in the background

        self.contract = load_contract(folder)
        self._mel_filters = self.contract.mel_filters()
        try:
            self._saved_model = tf.saved_model.load(str(folder / self.contract.server_model))
        except OSError as error:
            raise ContractError(f"{folder / self.contract.server_model} cannot be loaded: {error}") from error
        self._network = self._saved_model.signatures["serving_default"]
        self._lock = threading.Lock()
        layout, chain = self.contract.windows, self.contract.chain
        self.window_logits(np.zeros((1, layout.window_frames, chain.n_mels), np.float32))  # traces and warms up

    def window_logits(self, windows: Float32) -> Float32:
        """[windows, window_frames, n_mels] to logits [windows, window_steps, genres]."""
        import tensorflow as tf

        batches = []
        for first in range(0, len(windows), WINDOWS_A_BATCH):
            batch = tf.constant(windows[first : first + WINDOWS_A_BATCH])
            with self._lock:  # one at a time uses all cores; many at once would only fight for them
                (logits,) = self._network(batch).values()
            batches.append(logits.numpy())
        return np.concatenate(batches)

    def step_logits(self, log_mel: Float32) -> Float32:
        """log_mel [frames, n_mels] in dB to logits [n_steps, genres]."""
        layout = self.contract.windows
        return join_windows(self.window_logits(cut_windows(log_mel, layout)), len(log_mel), layout)

    def analyse(self, blocks: Iterable[Float32], sample_rate_hz: int) -> Analysis:
        """A song given as float32 [n, channels] blocks.

        Raises TooShort below the contract's minimum duration, and whatever the blocks' iterator raises.
        """
        contract = self.contract
        stream = LogMelStream(contract.chain, self._mel_filters, sample_rate_hz)
        log_mel = np.concatenate([*(stream.push(block) for block in blocks), stream.finish()])
        if stream.duration_s < contract.minimum_duration_s or not len(log_mel):
            raise TooShort(
                f"The audio is {stream.duration_s:.2f} s long; at least {contract.minimum_duration_s:g} s are needed."
            )
        step_logits = self.step_logits(log_mel)
        rows = row_logits(step_logits, stream.duration_s, contract.chain, contract.windows, contract.rows)
        return Analysis(
            contract=contract,
            duration_s=stream.duration_s,
            probabilities=softmax(rows, contract.rows.temperature),
            verdict=verdict_probabilities(rows, contract.rows),
        )
