"""A song's PCM to its genres, second by second, on the server's copy of the network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.audio import TooShort
from model.contract import Contract, ContractError, load_contract
from model.cores import usable_cores
from model.features import Array, Float32, LogMelStream
from model.runtime import load_runtime, run_as_they_come
from model.windows import (
    WindowCutter,
    cut_windows,
    is_unsure,
    join_windows,
    row_logits,
    softmax,
    verdict_genre,
    verdict_probabilities,
)


@dataclass(frozen=True)
class Analysis:
    """One song: its rows [rows, genres] and its verdict [genres], as probabilities."""

    contract: Contract
    duration_s: float
    probabilities: Array
    verdict: Array

    def to_json(self) -> dict[str, Any]:
        """The result object that the page's event and /predict share.

        Unsure is what is so by its rounded numbers; the genre is found before: rounding makes equals of neighbours.
        """
        contract, rule = self.contract, self.contract.rows
        rows, verdict = np.round(self.probabilities, 6), np.round(self.verdict, 6)
        return {
            "model": {"name": contract.name, "version": contract.version},
            "genres": list(contract.genres),
            "duration_s": round(self.duration_s, 6),
            "step_s": rule.step_s,
            "probabilities": rows.tolist(),
            "unsure": is_unsure(rows, rule.unsure_below).tolist(),
            "verdict": {
                "genre": verdict_genre(self.verdict, contract.genres),
                "confidence": float(verdict.max()),
                "unsure": bool(is_unsure(verdict, rule.verdict_unsure_below)),
                "probabilities": dict(zip(contract.genres, verdict.tolist(), strict=True)),
            },
        }


class Predictor:
    """A model folder, or the contract read from it, loaded once; `analyse` may be called from several threads.

    Raises ContractError when the folder cannot be used.
    """

    def __init__(self, model: Path | Contract) -> None:
        self.contract = model if isinstance(model, Contract) else load_contract(model)
        self._mel_filters = self.contract.mel_filters()
        server_model = self.contract.folder / self.contract.server_model
        try:
            self._runtime = load_runtime(server_model)
        except OSError as error:
            raise ContractError(f"{server_model} cannot be loaded: {error}") from error
        self._pool = ThreadPoolExecutor(usable_cores(), "network")
        layout, chain = self.contract.windows, self.contract.chain
        self.window_logits(np.zeros((1, layout.window_frames, chain.n_mels), np.float32))  # warms up

    def window_logits(self, windows: Iterable[Float32]) -> Float32:
        """Windows [window_frames, n_mels], run while the next ones are made, to [windows, window_steps, genres]."""
        return run_as_they_come(self._runtime, windows, self._pool)

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
        cutter = WindowCutter(contract.windows)
        window_logits = self.window_logits(self._windows(blocks, stream, cutter))
        step_logits = join_windows(window_logits, cutter.n_frames, contract.windows)
        rows = row_logits(step_logits, stream.duration_s, contract.chain, contract.windows, contract.rows)
        return Analysis(
            contract=contract,
            duration_s=stream.duration_s,
            probabilities=softmax(rows, contract.rows.temperature),
            verdict=verdict_probabilities(rows, contract.rows),
        )

    def _windows(self, blocks: Iterable[Float32], stream: LogMelStream, cutter: WindowCutter) -> Iterator[Float32]:
        """The song's windows, while it is still being decoded. Raises TooShort at its end."""
        for block in blocks:
            yield from cutter.push(stream.push(block))
        yield from cutter.push(stream.finish())
        minimum_s = self.contract.minimum_duration_s
        if stream.duration_s < minimum_s or not cutter.n_frames:
            raise TooShort(f"The audio is {stream.duration_s:.2f} s long; at least {minimum_s:g} s are needed.")
        yield from cutter.finish()
