"""training/chunks.py: what an epoch hears of songs that are cut, chunks judged right; and a last layer of chunks."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from model.contract import RowRule, WindowLayout
from model.features import SignalChain
from tests.training.support import busy_network, toy_log_mel
from training.chunks import chunk_accuracy, in_chunks
from training.feature_set import FeatureSet, FeatureSetWriter, Track, open_feature_set
from training.head import fit_linear_head
from training.metrics import bootstrap_interval, bootstrap_interval_of_groups
from training.score import SongLogits, in_batches, song_logits

RATE_HZ = SignalChain().frame_rate_hz
WINDOW = WindowLayout().window_frames


def songs_of(folder: Path, **n_frames: int) -> FeatureSet:
    """A genre each, named as the song."""
    folder.mkdir()
    writer = FeatureSetWriter(folder, SignalChain())
    for genre, (name, n) in enumerate(n_frames.items()):
        writer.add(name, name, toy_log_mel(genre % 3, genre, n))
    writer.finish({})
    return open_feature_set(folder)


def spans(songs: FeatureSet, chunk_s: float) -> dict[str, list[tuple[int, int]]]:
    """First and end frame of each chunk in its song."""
    first = {track.name: track.first_frame for track in songs.tracks}
    found: dict[str, list[tuple[int, int]]] = {name: [] for name in first}
    for chunk in in_chunks(songs, chunk_s, WINDOW).tracks:
        start = chunk.first_frame - first[chunk.name]
        found[chunk.name].append((start, start + chunk.n_frames))
    return found


def test_a_clip_of_one_chunk_is_heard_as_before(tmp_path: Path) -> None:
    songs = songs_of(tmp_path / "set", clip=387, short=60)
    assert in_chunks(songs, 30, WINDOW).tracks == songs.tracks


def test_a_long_song_is_heard_everywhere_and_never_another(tmp_path: Path) -> None:
    songs = songs_of(tmp_path / "set", long=round(200 * RATE_HZ), other=387)
    chunks = spans(songs, 30)["long"]
    assert len(chunks) == 7  # 200 s are six of 30 s, and 20 s
    assert (chunks[0][0], chunks[-1][1]) == (0, round(200 * RATE_HZ))
    middles = [range(start + WINDOW // 2, end - WINDOW // 2) for start, end in chunks]
    assert all(before.stop - 1 <= after.start <= before.stop + 1 for before, after in pairwise(middles))
    assert max(end - start for start, end in chunks) < 30 * RATE_HZ + WINDOW + 1


def test_a_chunk_shorter_than_a_window_is_heard_with_the_music_around_it(tmp_path: Path) -> None:
    songs = songs_of(tmp_path / "set", clip=387, other=387)
    chunks = spans(songs, 3)["clip"]
    assert len(chunks) == 10
    assert chunks[0] == (0, WINDOW)
    assert chunks[-1] == (387 - WINDOW, 387)
    # In the middle of the clip a window each whose middle lies in the chunk.
    length = round(3 * RATE_HZ)
    assert chunks[4] == (4 * length - WINDOW // 2, 5 * length - 1 - WINDOW // 2 + WINDOW)


def scored(genre: int, *rows: int) -> SongLogits:
    """A song whose rows are surely of these genres."""
    return SongLogits(Track("song", "rock", 0, 1), (8 * np.eye(3)[list(rows)]).astype(np.float32), genre)


def test_chunks_and_the_commonest_of_their_verdicts() -> None:
    rule = RowRule()
    steady = scored(0, *[0] * 9)
    torn = scored(1, *[1] * 3, *[2] * 3, *[1] * 3, *[2] * 6)  # two chunks of 1, three of 2
    found = chunk_accuracy([steady, torn], [rule, rule], 3)
    assert (found.n_chunks, found.accuracy, found.mode_accuracy) == (8, 5 / 8, 0.5)
    assert "3-s chunks" in found.as_text()
    assert "8 chunks" in found.as_text()
    assert found.to_json()["mode_accuracy"] == 0.5


def test_of_equally_common_verdicts_the_likelier_one_counts() -> None:
    unsure = scored(1, *[1] * 3, *[2] * 3)
    for genre, factor in ((1, 0.2), (2, 5.0)):
        rows = unsure.rows.copy()
        rows[3:] *= factor
        found = chunk_accuracy([replace(unsure, rows=rows, genre=genre)], [RowRule()], 3)
        assert found.mode_accuracy == 1, genre


def test_the_interval_of_chunks_is_as_wide_as_that_of_their_songs() -> None:
    right = np.random.default_rng(0).random(60) < 0.7
    alike = [np.full(10, each) for each in right]  # ten chunks of a song say what one says
    low, high = bootstrap_interval(right)
    assert bootstrap_interval_of_groups(alike) == pytest.approx((low, high), abs=0.02)
    assert high - low > 0.2


def test_a_long_song_weighs_as_much_as_a_short_one_in_a_last_layer_of_chunks(tmp_path: Path) -> None:
    """Of two songs alike, said to be of two genres: had each chunk a weight of its own, the long one would win."""
    layout, folder = WindowLayout(), tmp_path / "set"
    folder.mkdir()
    writer = FeatureSetWriter(folder, SignalChain())
    one = toy_log_mel(0, 0, WINDOW)
    writer.add("long", "hum", np.tile(one, (8, 1)))
    writer.add("short", "drone", one)
    writer.finish({})
    songs = open_feature_set(folder)
    network = busy_network("cnn", n_genres=2)
    fit_linear_head(network, songs, layout, chunk_s=3)
    rows = song_logits(songs, songs.genres, in_batches(network), layout, RowRule())
    odds = [float((song.rows[:, 1] - song.rows[:, 0]).mean()) for song in rows]
    assert odds == pytest.approx([0, 0], abs=0.35)


def test_what_is_known_of_songs_is_of_their_chunks(tmp_path: Path) -> None:
    songs = songs_of(tmp_path / "set", drone=387, hum=387, whistle=387)
    network, known = busy_network("cnn"), dict[str, np.ndarray]()
    fit_linear_head(network, songs, WindowLayout(), known, 3)
    assert {name: len(chunks) for name, chunks in known.items()} == {"drone": 10, "hum": 10, "whistle": 10}
    of_chunks = network.get_layer("logits").get_weights()
    known["drone"] = known["hum"]  # as if they had been heard so
    fit_linear_head(network, songs, WindowLayout(), known, 3)
    assert not np.allclose(network.get_layer("logits").get_weights()[0], of_chunks[0])
