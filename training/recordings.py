"""Which songs of a set are the same recording: repeats, other formats and cuts of it.

Audio fingerprints as of Haitsma & Kalker ("A highly robust audio fingerprinting system", ISMIR 2002), taken of log-mels
that are there anyway: 32 bits a frame say of neighbouring bands whether the difference of their levels grew or shrank.
Two songs that agree exactly in some parts of frames, all at one offset, are compared bit by bit at that offset. (The
paper has whole frames agree. Ours hardly overlap: a cut that begins between two has a quarter of its bits wrong.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.cluster.hierarchy import DisjointSet

from model.features import Array, Float32

N_BITS = 32
BANDS_OF_BIT = 3  # mel bands whose mean level one of the 33 bands is
FIRST_BAND = 8  # below: rumble, which recordings share
SMOOTH_FRAMES = 5  # of the level's mean: cuts between two frames then matter little
QUIETEST_DB = 60.0  # below the song's loudest frame: no music
MIN_VOTES = 4  # parts of frames that agree exactly, at one offset
MIN_FRAMES = 39  # 3 s: that both have to hold
MAX_ERROR_SHARE = 0.35  # of bits; the paper's threshold
MOST_SHARING = 40  # frames of one value that are compared: what more have in common tells no recording
# Which parts of 32 bits are looked up, by first bit and length, in sets of up to so many frames: in large ones short
# parts agree by chance too often. The longer they are, the less surely a cut between two frames is known again.
LOOKED_UP = ((400_000, ((0, 16), (8, 16), (16, 16))), (4_000_000, ((0, 24), (8, 24))), (1 << 62, ((0, 32),)))


def song_fingerprint(log_mel: Float32) -> Array:
    """log_mel [frames, n_mels] in dB to uint32 [frames - SMOOTH_FRAMES]; 0 where there is no music."""
    n_bands = N_BITS + 1
    bands = log_mel[:, FIRST_BAND : FIRST_BAND + n_bands * BANDS_OF_BIT]
    level = bands.reshape(len(bands), n_bands, BANDS_OF_BIT).mean(axis=2, dtype=np.float64)
    if len(level) <= SMOOTH_FRAMES:
        return np.zeros(0, np.uint32)
    sums = np.cumsum(np.vstack([np.zeros(n_bands), level]), axis=0)
    smooth = (sums[SMOOTH_FRAMES:] - sums[:-SMOOTH_FRAMES]) / SMOOTH_FRAMES
    grew = np.diff(np.diff(smooth, axis=1), axis=0) > 0
    values: Array = (grew << np.arange(N_BITS)).sum(axis=1).astype(np.uint32)
    loudness = smooth.max(axis=1)[1:]
    values[loudness < loudness.max() - QUIETEST_DB] = 0
    return values


def same_recordings(fingerprints: Sequence[Array]) -> list[list[int]]:
    """Groups of two and more numbers of songs that are one recording, from their fingerprints; in order."""
    recordings = DisjointSet(range(len(fingerprints)))
    for one, other, offset in _candidates(fingerprints):
        if not recordings.connected(one, other) and _are_same(fingerprints[one], fingerprints[other], offset):
            recordings.merge(one, other)
    return sorted(sorted(songs) for songs in recordings.subsets() if len(songs) > 1)


def _candidates(fingerprints: Sequence[Array]) -> Iterator[tuple[int, int, int]]:
    """(song, later song, offset): frame k of the later one would be frame k + offset of the first."""
    values = np.concatenate([np.zeros(0, np.uint32), *fingerprints])
    lengths = np.array([len(each) for each in fingerprints], np.int64)
    song = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
    begin = np.cumsum(lengths) - lengths  # of each song
    longest = int(lengths.max(initial=0)) + 1
    parts = next(parts for most_frames, parts in LOOKED_UP if len(values) <= most_frames)
    votes = [np.zeros(0, np.int64)]
    for first_bit, n_bits in parts:
        part = (values >> np.uint32(first_bit)) & np.uint32((1 << n_bits) - 1)
        order = np.argsort(part, kind="stable")  # equal values lie side by side, in the order of their songs
        order = order[values[order] != 0]
        n_equal = np.unique(part[order], return_counts=True)[1]
        order = order[np.repeat(n_equal <= MOST_SHARING, n_equal)]
        for lag in range(1, MOST_SHARING):
            one, other = order[:-lag], order[lag:]
            agree = part[one] == part[other]
            if not agree.any():
                break
            agree &= song[one] != song[other]
            one, other = one[agree], other[agree]
            offset = (one - begin[song[one]]) - (other - begin[song[other]])
            pair = song[one].astype(np.int64) * len(lengths) + song[other]
            votes.append(pair * (2 * longest) + offset + longest)
    found, counts = np.unique(np.concatenate(votes), return_counts=True)
    for vote in found[counts >= MIN_VOTES].tolist():
        pair, offset = divmod(vote, 2 * longest)
        yield *divmod(pair, len(lengths)), offset - longest


def _are_same(one: Array, other: Array, offset: int) -> bool:
    begin, end = max(offset, 0), min(len(one), len(other) + offset)
    if end - begin < MIN_FRAMES:
        return False
    first, second = one[begin:end], other[begin - offset : end - offset]
    heard = (first != 0) & (second != 0)
    if heard.sum() < MIN_FRAMES:
        return False
    differing = np.unpackbits((first[heard] ^ second[heard]).view(np.uint8)).sum()
    return bool(differing <= MAX_ERROR_SHARE * N_BITS * heard.sum())
