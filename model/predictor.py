"""A song's PCM to its genres, second by second, on the server's copy of the network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from model.contract import Contract, ContractError, load_contract
from model.features import Array, Float32
from model.runtime import Runtime, load_runtime, run_as_they_come
from model.server_network import HeadError
from model.song_stream import Analysis, SongStream
from model.windows import cut_windows, join_windows, row_logits, row_probabilities, verdict_rows, window_starts


def runtime_of(contract: Contract) -> Runtime:
    """The network of a model folder, loaded on this machine. Raises ContractError when it cannot be used."""
    server_model = contract.folder / contract.server_model
    try:
        return load_runtime(server_model, contract.head_weights())
    except (OSError, HeadError) as error:
        raise ContractError(f"{server_model} cannot be loaded: {error}") from error


class Predictor:
    """A model folder, or the contract read from it, loaded once; `analyse` may be called from several threads.

    n_threads: that run the network; None: as many as it pays to have. runtime: what runs the folder's network, where
    that is not to be loaded here. Raises ContractError when the folder cannot be used.
    """

    def __init__(self, model: Path | Contract, n_threads: int | None = None, runtime: Runtime | None = None) -> None:
        self.contract = model if isinstance(model, Contract) else load_contract(model)
        self._mel_filters = self.contract.mel_filters()
        self._runtime = runtime or runtime_of(self.contract)
        self._pool = ThreadPoolExecutor(n_threads or self._runtime.max_calls, "network")
        layout, chain = self.contract.windows, self.contract.chain
        self.window_logits(np.zeros((1, layout.window_frames, chain.n_mels), np.float32))  # warms up

    @property
    def device(self) -> str:
        """What the network runs on, as TensorFlow names it."""
        return self._runtime.device

    def window_logits(self, windows: Iterable[Float32]) -> Float32:
        """Windows [window_frames, n_mels], run while the next ones are made, to [windows, window_steps, genres]."""
        return np.stack(list(run_as_they_come(self._runtime, windows, self._pool)))

    def step_logits(self, log_mel: Float32) -> Float32:
        """log_mel [frames, n_mels] in dB to logits [n_steps, genres]."""
        layout = self.contract.windows
        return join_windows(self.window_logits(cut_windows(log_mel, layout)), len(log_mel), layout)

    def analyses(self, songs: Sequence[tuple[Float32, float]]) -> list[Analysis]:
        """Songs that are log-mels already, (log_mel [frames, n_mels] in dB, seconds), long enough each.

        One stream of windows for the network, so that its batches reach from one song into the next.
        """
        contract, layout = self.contract, self.contract.windows
        if not songs:
            return []
        logits = self.window_logits(window for log_mel, _ in songs for window in cut_windows(log_mel, layout))
        ends = np.cumsum([len(window_starts(len(log_mel), layout)) for log_mel, _ in songs])
        told = []
        for (log_mel, duration_s), own in zip(songs, np.split(logits, ends[:-1]), strict=True):
            steps, rule = join_windows(own, len(log_mel), layout), contract.rows
            rows = row_logits(steps, duration_s, contract.chain, layout, rule)
            probabilities, of_verdict = row_probabilities(rows, rule), verdict_rows(rows, rule)
            told.append(Analysis(contract, duration_s, probabilities, of_verdict, rule.step_s))
        return told

    def analyse(self, blocks: Iterable[Float32], sample_rate_hz: int, step_s: float | None = None) -> Analysis:
        """A song given as float32 [n, channels] blocks; step_s: from one row to the next, instead of the contract's.

        Raises TooShort below the contract's minimum duration, and whatever the blocks' iterator raises.
        """
        song = self.song_stream(sample_rate_hz, step_s)
        return song.analysis(np.concatenate(list(self.rows_as_they_come(song, blocks))))

    def song_stream(self, sample_rate_hz: int, step_s: float | None = None) -> SongStream:
        """For a song of this rate; step_s: from one row to the next, instead of the contract's."""
        return SongStream(self.contract, self._mel_filters, sample_rate_hz, step_s)

    def rows_as_they_come(self, song: SongStream, blocks: Iterable[Float32]) -> Iterator[Array]:
        """The song's rows [n, genres], probabilities, some at a time while it is still being decoded.

        Raises TooShort, at the song's end, and whatever the blocks' iterator raises.
        """
        for logits in run_as_they_come(self._runtime, song.windows(blocks), self._pool):
            yield song.hear(logits)
        yield song.finish()
