"""training/tag_answers.py: targets halfway to what another network says, told by other songs' labels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.support import toy_set
from training.errors import TrainingError
from training.feature_set import FeatureSet
from training.tag_answers import answered_targets
from training.targets import targets_of

TAG_SAID, OTHER_TAG = 0.9, 0.05
UNHEARD_OF = "a tag of one song"


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> FeatureSet:
    return toy_set(tmp_path_factory.mktemp("answers") / "set", n_songs=10)


def answers(folder: Path, songs: FeatureSet, said: list[str]) -> Path:
    """Of each song: the tag of the genre said, or one of none, and the others hardly, in each of four seconds."""
    tags = [*songs.genres, UNHEARD_OF]
    taggram = np.full((len(said), 4, len(tags)), OTHER_TAG, np.float16)
    taggram[np.arange(len(said)), :, [tags.index(name) for name in said]] = TAG_SAID
    names = np.array([track.name for track in songs.tracks])
    np.savez(folder / "answers.npz", name=names[::-1], taggram=taggram[::-1])  # in an order of its own
    return folder / "answers.npz"


def labels_of(songs: FeatureSet) -> list[str]:
    return [track.genre for track in songs.tracks]


def test_tags_that_say_the_label_leave_it(songs: FeatureSet, tmp_path: Path) -> None:
    targets = answered_targets(answers(tmp_path, songs, labels_of(songs)), songs)
    assert targets.dtype == np.float32
    np.testing.assert_allclose(targets.sum(axis=1), 1, rtol=1e-5)
    labels = targets_of(songs, songs.genres)
    assert (targets[labels == 1] > 0.9).all()
    assert (targets[labels == 0] > 0).all()


def test_a_song_that_sounds_like_another_genre_is_halfway_to_it(songs: FeatureSet, tmp_path: Path) -> None:
    first, *others = labels_of(songs)
    other = next(genre for genre in songs.genres if genre != first)
    target = answered_targets(answers(tmp_path, songs, [other, *others]), songs)[0]
    assert target[songs.genres.index(first)] == pytest.approx(0.5, abs=0.1)
    assert target[songs.genres.index(other)] == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("n_songs", [1, 2], ids=["a song", "a recording that is there twice"])
def test_nothing_is_learned_from_the_label_that_it_is_to_soften(
    n_songs: int, songs: FeatureSet, tmp_path: Path
) -> None:
    """A tag that nobody else has: what it means could come from its own label alone."""
    genre = songs.tracks[0].genre
    of_genre = [place for place, track in enumerate(songs.tracks) if track.genre == genre]
    tracks, said = list(songs.tracks), labels_of(songs)
    for place in of_genre[:n_songs]:
        tracks[place], said[place] = replace(tracks[place], recording="one"), UNHEARD_OF
    targets = answered_targets(answers(tmp_path, songs, said), replace(songs, tracks=tuple(tracks)))
    assert (targets[of_genre[:n_songs], songs.genres.index(genre)] < 0.8).all()
    assert (targets[of_genre[n_songs:], songs.genres.index(genre)] > 0.9).all()


def spoilt(what: str, songs: FeatureSet, folder: Path) -> tuple[Path, FeatureSet]:
    archive = answers(folder, songs, labels_of(songs))
    if what == "cut short":
        archive.write_bytes(archive.read_bytes()[:1000])
    elif what == "one array":
        np.save(archive.with_suffix(".npy"), np.zeros(3))
        archive = archive.with_suffix(".npy")
    elif what == "log-odds":
        np.savez(archive, name=np.array(["a"]), taggram=np.full((1, 3, 2), -2.0))
    elif what == "no numbers":
        np.savez(archive, name=np.array(["a"]), taggram=np.full((1, 3, 2), np.nan))
    elif what == "text":
        archive.write_text("no archive")
    elif what == "flat":
        np.savez(archive, name=np.array(["a"]), taggram=np.zeros((1, 3)))
    elif what == "of others":
        np.savez(archive, name=np.array(["a"]), taggram=np.zeros((1, 3, 2)))
    elif what == "repeats":
        songs = songs.only(replace(track, recording=f"one of {track.genre}") for track in songs.tracks)
    else:
        songs = songs.only(songs.tracks[::3])
    return archive, songs


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("text", "is no archive of answers"),
        ("cut short", "is no archive of answers"),
        ("one array", "is no archive of answers"),
        ("log-odds", "no probabilities, 0 to 1"),
        ("no numbers", "no probabilities, 0 to 1"),
        ("flat", r"shape \(1, 3\), must be \[names, times, tags\]"),
        ("of others", "no answers about .* songs, such as"),
        ("few songs", "from 5 recordings a genre or more, and .* has"),
        ("repeats", "from 5 recordings a genre or more, and .* has 1"),
    ],
)
def test_what_cannot_be_used_is_told(what: str, told: str, songs: FeatureSet, tmp_path: Path) -> None:
    archive, songs = spoilt(what, songs, tmp_path)
    with pytest.raises(TrainingError, match=told):
        answered_targets(archive, songs)
