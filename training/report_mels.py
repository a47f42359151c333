"""A few seconds of songs as the network takes them in: log-mels as pictures."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.image import imsave

from model.contract import WindowLayout
from model.features import Array, SignalChain
from model.network import DYNAMIC_RANGE_DB
from training.feature_set import FeatureSet, Track
from training.mel import slaney_mel_filters

TICKS_HZ = (100, 500, 1000, 2000, 4000, 8000)


@dataclass(frozen=True)
class SampleMel:
    """A song's middle: a PNG, as long a window as the network hears at once, from a second of the song on."""

    track: Track
    png: bytes
    from_s: float
    duration_s: float

    @property
    def address(self) -> str:
        """The picture as an address that holds it."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"


def sample_mel(songs: FeatureSet, track: Track, layout: WindowLayout) -> SampleMel:
    """Of a song that is shorter than a window all there is."""
    log_mel, chain = songs.log_mel_of(track), songs.chain
    first = max(0, (len(log_mel) - layout.window_frames) // 2)
    middle = log_mel[first : first + layout.window_frames]
    return SampleMel(
        track, _png(middle), first * chain.hop_length / chain.sample_rate_hz, len(middle) / chain.frame_rate_hz
    )


def _png(log_mel: Array) -> bytes:
    """Low notes at the bottom; from its peak down to what the network still tells from silence."""
    file, peak = io.BytesIO(), float(log_mel.max())
    imsave(
        file, log_mel.T[::-1], vmin=peak - DYNAMIC_RANGE_DB, vmax=peak, cmap="magma", format="png",
        metadata={"Software": "Genrescope"},
    )  # fmt: skip
    return file.getvalue()


def mel_ticks(chain: SignalChain) -> list[tuple[int, float]]:
    """Round frequencies in Hz and how high in the picture they lie, 0 at the bottom to 1."""
    centres_hz = slaney_mel_filters(chain).argmax(axis=1) * chain.sample_rate_hz / chain.n_fft
    known = [hz for hz in TICKS_HZ if hz <= centres_hz[-1]]
    bands = np.interp(known, centres_hz, np.arange(chain.n_mels))
    return [(hz, float((band + 0.5) / chain.n_mels)) for hz, band in zip(known, bands, strict=True)]


def typical_tracks(
    genres: Sequence[str], tracks: Sequence[Track], likelihoods: Sequence[Array]
) -> list[tuple[str, Track]]:
    """Of each genre that has any the song that is most likely to be of it to the network: likelihoods [genres] each."""
    chosen = []
    for number, genre in enumerate(genres):
        ranked = [
            (float(likely[number]), track)
            for track, likely in zip(tracks, likelihoods, strict=True)
            if genre in track.all_genres
        ]
        if ranked:
            chosen.append((genre, max(ranked, key=lambda pair: pair[0])[1]))
    return chosen
