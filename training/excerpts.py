"""What the strongest places of each channel hear: which frames and bands of which song, in seconds and Hz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import keras
import numpy as np

from model.contract import Contract
from model.features import Array
from training.strongest import NOBODY, Strongest
from training.watched import Watched

MAIN_SHARE = 0.1  # of a mix's weights that one band must have: 13 times its even share of 128


@dataclass(frozen=True)
class Excerpt:
    """Of convolution number `layer` the channel, and the rank of this among its excerpts, from 0.

    frames, bands: the first and the last that are heard, of the song and of the mel bands. place: of the output
    [time, place]. window_start, peak_db: of the window, in frames of the song, and the level it was heard relative to.
    """

    layer: int
    channel: int
    rank: int
    song: int
    activation: float
    window_start: int
    place: tuple[int, int]
    frames: tuple[int, int]
    bands: tuple[int, int]
    peak_db: float


def excerpts_of(strongest: Strongest, convolutions: Sequence[Watched], n_mels: int) -> Iterator[Excerpt]:
    """By layer, channel and rank. Where a rectified channel is 0 it hears nothing, and has no excerpt."""
    first_channel = 0
    for layer, each in enumerate(convolutions):
        for channel in range(each.n_channels):
            rows = {kind: kept[first_channel + channel] for kind, kept in strongest.of.items()}
            for rank, song in enumerate(rows["song"].tolist()):
                activation = float(rows["activation"][rank])
                if song == NOBODY or (each.is_rectified and activation <= 0):
                    continue
                time, place = divmod(int(rows["place"][rank]), each.n_places)
                start, end = int(rows["window_start"][rank]), int(rows["window_end"][rank])
                first, last = each.field.frames.at(time)
                yield Excerpt(
                    layer=layer,
                    channel=channel,
                    rank=rank,
                    song=song,
                    activation=activation,
                    window_start=start,
                    place=(time, place),
                    frames=(start + max(first, 0), min(start + last, end - 1)),
                    bands=each.field.bands_at(place, n_mels),
                    peak_db=float(rows["peak_db"][rank]),
                )
        first_channel += each.n_channels


class Places:
    """Where excerpts lie in seconds and Hz, by the contract's signal chain and mel filters."""

    def __init__(self, contract: Contract, network: keras.Model) -> None:
        self._chain, self._network = contract.chain, network
        heard = contract.mel_filters() > 0
        bin_hz = self._chain.sample_rate_hz / self._chain.n_fft
        self._low_hz = heard.argmax(axis=1) * bin_hz
        self._high_hz = (heard.shape[1] - 1 - heard[:, ::-1].argmax(axis=1)) * bin_hz
        self._main_bands = cache(self._find_main_bands)

    def span_s(self, frames: tuple[int, int]) -> tuple[float, float]:
        """From the first sample of the first frame to the last of the last."""
        start_s = frames[0] * self._chain.hop_length / self._chain.sample_rate_hz
        return start_s, start_s + self._chain.duration_s(frames[1] - frames[0] + 1)

    def span_hz(self, bands: tuple[int, int]) -> tuple[float, float]:
        """From where the lowest band begins to hear to where the highest ends."""
        return float(self._low_hz[bands[0]]), float(self._high_hz[bands[1]])

    def main_span_hz(self, excerpt: Excerpt, convolution: Watched) -> tuple[float, float] | None:
        """Where the network mixes the mel bands to bands of its own: what these mostly hear, where that can be said."""
        field = convolution.field
        if field.mixed_by is None or field.bands is None:
            return None
        main = self._main_bands(field.mixed_by)
        first, last = field.bands.at(excerpt.place[1])
        heard = main[max(first, 0) : last + 1]
        heard = heard[heard >= 0]
        return self.span_hz((int(heard.min()), int(heard.max()))) if len(heard) else None

    def _find_main_bands(self, mixed_by: str) -> Array:
        """For each band of the network's own the mel band that weighs most in it, or -1 where none stands out."""
        weights = np.abs(self._network.get_layer(mixed_by).get_weights()[0][0, 0])  # [n_mels, n_own]
        stands_out = weights.max(axis=0) >= MAIN_SHARE * weights.sum(axis=0)
        return np.where(stands_out, weights.argmax(axis=0), -1)
