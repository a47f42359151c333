"""training/cutting.py: excerpts as streams of blocks give them are those of the whole song."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from model.features import SignalChain
from model.network import DYNAMIC_RANGE_DB
from training.cutting import Cut, MeanLogMels, pieces, samples_of, write_piece
from training.errors import TrainingError
from training.excerpts import Excerpt
from training.receptive_field import Field, Span
from training.watched import Watched

RATE_HZ = 44_100


def in_blocks(samples: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    done = 0
    while done < len(samples):
        n = int(rng.integers(0, 400))
        yield samples[done : done + n]
        done += n


@pytest.mark.parametrize("seed", range(5))
def test_pieces_of_blocks_are_those_of_the_whole(seed: int) -> None:
    rng = np.random.default_rng(seed)
    samples = rng.normal(size=(3000, 2)).astype(np.float32)
    firsts = rng.integers(0, 2900, 30)
    cuts = [Cut(int(first), int(first + rng.integers(1, 600)), Path(str(i))) for i, first in enumerate(firsts)]
    found = dict(pieces(in_blocks(samples, rng), cuts))
    assert set(found) == set(cuts)
    for cut, piece in found.items():
        np.testing.assert_array_equal(piece, samples[cut.first : cut.end])


def test_no_more_is_kept_than_the_cuts_to_come_need() -> None:
    blocks: list[weakref.ref[np.ndarray]] = []
    n_alive: list[int] = []

    def given() -> Iterator[np.ndarray]:
        for _ in range(50):
            block = np.zeros((100, 1), np.float32)
            blocks.append(weakref.ref(block))
            yield block
            n_alive.append(sum(each() is not None for each in blocks))

    cuts = [Cut(first, first + 250, Path()) for first in range(0, 4700, 50)]
    assert len(list(pieces(given(), cuts))) == len(cuts)
    assert max(n_alive) <= 4


def test_frames_cover_their_samples_at_any_rate() -> None:
    chain = SignalChain()
    assert samples_of((0, 0), chain, 22_050) == (0, 2048)
    assert samples_of((2, 4), chain, 22_050) == (2 * 1711, 4 * 1711 + 2048)
    assert samples_of((2, 4), chain, 44_100) == (4 * 1711, 8 * 1711 + 4096)
    assert samples_of((1, 1), chain, 48_000) == (3725, 8183)


def test_a_piece_is_the_sound_between_short_fades_and_is_written_once(tmp_path: Path) -> None:
    samples = (0.5 * np.sin(np.arange(4000) / 9))[:, np.newaxis].repeat(2, axis=1).astype(np.float32)
    write_piece(samples, RATE_HZ, tmp_path / "a.flac")
    found, rate_hz = soundfile.read(tmp_path / "a.flac", dtype="float32")
    assert rate_hz == RATE_HZ
    assert found.shape == samples.shape
    np.testing.assert_allclose(found[88:-88], samples[88:-88], atol=2**-15)
    assert np.abs(found[[0, -1]]).max() < 0.01
    write_piece(0 * samples, RATE_HZ, tmp_path / "a.flac")
    assert soundfile.read(tmp_path / "a.flac")[0].any()
    assert [path.name for path in tmp_path.iterdir()] == ["a.flac"]


def test_a_piece_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"a\.flac cannot be written"):
        write_piece(np.zeros((100, 1), np.float32), RATE_HZ, tmp_path / "gone" / "a.flac")


def excerpt(frames: tuple[int, int], bands: tuple[int, int], place: tuple[int, int], channel: int = 0) -> Excerpt:
    return Excerpt(
        layer=0, channel=channel, rank=0, song=0, activation=1.0, window_start=100, place=place, frames=frames,
        bands=bands, peak_db=-10.0,
    )  # fmt: skip


def test_means_are_over_the_excerpts_that_have_a_cell(tmp_path: Path) -> None:
    # Place [t, p] hears the frames t - 1 to t + 1 and the bands 2 p - 1 to 2 p + 1.
    field = Field(frames=Span(-1, 1, 3), bands=Span(-1, 2, 3))
    layer = Watched("conv", "Conv2D", "relu", 128, 64, 2, True, field)
    log_mel = np.full((300, 128), -10 - DYNAMIC_RANGE_DB, np.float32)
    log_mel[109:112, 9:12] = -10 - DYNAMIC_RANGE_DB / 5  # 0.8 of the range
    log_mel[100:102, 0:2] = -10
    means = MeanLogMels([layer], 128)
    means.add(excerpt((109, 111), (9, 11), (10, 5)), log_mel)
    means.add(excerpt((100, 101), (0, 1), (0, 0)), log_mel)  # the window's and the bands' first: a corner is not there
    means.write(tmp_path / "means.npz")
    with np.load(tmp_path / "means.npz") as found:
        assert found["conv"].dtype == np.uint8
        corner, both = 204, 230  # 0.8 alone; the mean of it and 1
        assert found["conv"][0].tolist() == [[corner] * 3, [corner, both, both], [corner, both, both]]
        assert not found["conv"][1].any()


def test_a_field_that_may_have_all_bands_is_kept_by_the_inputs_bands(tmp_path: Path) -> None:
    layer = Watched("conv", "Conv2D", "conv", 32, 1, 1, False, Field(frames=Span(0, 4, 4), bands=Span(-63, 128, 254)))
    means = MeanLogMels([layer], 128)
    means.add(excerpt((104, 107), (0, 127), (1, 0)), np.full((300, 128), -10, np.float32))
    means.write(tmp_path / "means.npz")
    with np.load(tmp_path / "means.npz") as found:
        np.testing.assert_array_equal(found["conv"], np.full((1, 4, 128), 255))
