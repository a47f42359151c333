"""The dataset of the Free Music Archive as its archives unzip: fma_metadata/ with tracks.csv and genres.csv, and a
folder of audio such as fma_small/, track 2 being 000/000002.mp3.

Defferrard, Benzi, Vandergheynst & Bresson, "FMA: a dataset for music analysis", ISMIR 2017 (github.com/mdeff/fma).

Conventions
-----------
- Genres have numbers, and most have a parent; a track of a genre is one of all above it, too, as FMA's own column
  genres_all has it.
- Subsets lie in each other: fma_medium holds all of fma_small.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from training.errors import TrainingError
from training.fma_tables import FmaGenre, FmaRow, read_genres, read_tracks

LEVELS = ("all", "top")
SUBSETS = ("small", "medium", "large", "full")
MIN_SONGS = 50
MOST_GENRES = 100
# Clips are cut from where the metadata says that the song's middle is. Where that is wrong, they end early or hold
# nothing: FMA's issue 8 lists them.
SHORTEST_CLIP_S = 5.0


@dataclass(frozen=True)
class FmaOptions:
    """`metadata` is the folder of the tables. `level`: "all" genres of the hierarchy, or the "top" ones alone. Genres
    of fewer than `min_songs` training songs are not taught. `subset`: one of SUBSETS; "" for what the audio
    folder's name says, or all.
    """

    metadata: Path
    level: str = "all"
    min_songs: int = MIN_SONGS
    subset: str = ""


@dataclass(frozen=True)
class FmaTrack:
    """A track whose file is there. `name` is its path in the folder of audio; `genre` one of its `genres`, a top one
    where that is taught. `split`: train, valid or test.
    """

    name: str
    path: Path
    genre: str
    genres: tuple[str, ...]
    split: str


@dataclass(frozen=True)
class FmaListing:
    """The tracks to be prepared, and by reason what is not among them."""

    tracks: list[FmaTrack]
    left_out: dict[str, list[str]]


def read_fma(audio: Path, options: FmaOptions) -> FmaListing:
    """Raises TrainingError when the tables are not FMA's, or the folder is not that of their audio."""
    genres = read_genres(options.metadata / "genres.csv")
    subset = options.subset or _subset_of(audio)
    listed, wanted = set[int](), list[FmaRow]()
    for row in read_tracks(options.metadata / "tracks.csv"):
        listed.add(row.track_id)
        if subset == "full" or row.subset in SUBSETS[: SUBSETS.index(subset) + 1]:
            wanted.append(row)
    there = [row for row in wanted if _path(audio, row.track_id).is_file()]
    if not there:
        raise TrainingError(
            f"{audio} holds none of the {len(wanted)} tracks of {options.metadata}, as 000/000002.mp3 would be: "
            "give the folder that fma_small.zip unzips to"
        )
    labels = {row.track_id: _labels(row, genres, options.level) for row in there}
    taught, untaught = _choose(there, labels, options.min_songs)
    name_of = _names(genres)
    tracks = [_track(audio, row, labels[row.track_id] & taught, genres, name_of) for row in there
              if labels[row.track_id] & taught]  # fmt: skip
    found = {row.track_id for row in there}
    left_out = {
        f"genres with fewer than {options.min_songs} songs to learn from, or beyond {MOST_GENRES}": [
            f"{name_of[genre]} ({n})" for genre, n in untaught
        ],
        "tracks that are listed and not there": _names_of(row.track_id for row in wanted if row.track_id not in found),
        "tracks without a genre": _names_of(track_id for track_id, has in labels.items() if not has),
        "tracks of genres left out alone": _names_of(
            track_id for track_id, has in labels.items() if has and not has & taught
        ),
        "files that tracks.csv does not list": _unlisted(audio, listed),
    }
    return FmaListing(tracks, {reason: names for reason, names in left_out.items() if names})


def _subset_of(audio: Path) -> str:
    """What the folder is called or, where that says nothing, what a link leads to."""
    names = (audio.absolute().name, audio.resolve().name)
    said = [name.removeprefix("fma_") for name in names if name.startswith("fma_")]
    return next((subset for subset in said if subset in SUBSETS), "full")


def _name(track_id: int) -> str:
    digits = f"{track_id:06d}"
    return f"{digits[:3]}/{digits}.mp3"


def _names_of(track_ids: Iterable[int]) -> list[str]:
    return [_name(track_id) for track_id in track_ids]


def _path(audio: Path, track_id: int) -> Path:
    return audio / _name(track_id)


def _unlisted(audio: Path, listed: set[int]) -> list[str]:
    """Names of files like FMA's that no row is of."""
    paths = sorted(audio.glob("[0-9][0-9][0-9]/*.mp3"))
    return [
        path.relative_to(audio).as_posix() for path in paths if not path.stem.isdigit() or int(path.stem) not in listed
    ]


def _labels(row: FmaRow, genres: Mapping[int, FmaGenre], level: str) -> set[int]:
    """The track's genres with all above them, or the topmost alone."""
    labels: set[int] = set()
    for genre in row.genres:
        if genre not in genres:
            raise TrainingError(f"track {row.track_id} has the genre {genre}, and genres.csv has none of that number")
        line = _upwards(genre, genres)
        labels.update(line if level == "all" else line[-1:])
    return labels


def _upwards(genre: int, genres: Mapping[int, FmaGenre]) -> list[int]:
    """The genre, its parent, and so on."""
    line = [genre]
    while parent := genres[line[-1]].parent:
        if parent not in genres or parent in line:
            raise TrainingError(f"genres.csv: the parents of genre {genre} lead to no top genre ({parent})")
        line.append(parent)
    return line


def _choose(
    rows: Iterable[FmaRow], labels: Mapping[int, set[int]], min_songs: int
) -> tuple[set[int], list[tuple[int, int]]]:
    """(the genres to be taught, the others with their numbers of training songs)."""
    n_songs = Counter(genre for row in rows if row.split == "train" for genre in labels[row.track_id])
    heard = {genre for has in labels.values() for genre in has}
    ranked = sorted(heard, key=lambda genre: (-n_songs[genre], genre))
    taught = {genre for genre in ranked[:MOST_GENRES] if n_songs[genre] >= max(min_songs, 1)}
    if len(taught) < 2:
        raise TrainingError(
            f"fewer than two genres have {min_songs} songs to learn from among those that are there: lower "
            "--min-songs, or unzip all of the audio"
        )
    return taught, [(genre, n_songs[genre]) for genre in ranked if genre not in taught]


def _names(genres: Mapping[int, FmaGenre]) -> dict[int, str]:
    """Titles, with the number where several genres have the same."""
    titled: dict[str, list[int]] = defaultdict(list)
    for number, genre in genres.items():
        titled[genre.title].append(number)
    return {
        number: title if len(numbers) == 1 else f"{title} ({number})"
        for title, numbers in titled.items()
        for number in numbers
    }


def _track(
    audio: Path, row: FmaRow, labels: set[int], genres: Mapping[int, FmaGenre], name_of: Mapping[int, str]
) -> FmaTrack:
    names = tuple(sorted(name_of[genre] for genre in labels))
    tops = sorted((genre for genre in labels if not genres[genre].parent), key=lambda number: name_of[number])
    called_so = [name_of[genre] for genre in tops if genres[genre].title == row.genre_top]
    genre = (*called_so, *(name_of[genre] for genre in tops), *names)[0]
    return FmaTrack(_name(row.track_id), _path(audio, row.track_id), genre, names, row.split)
