"""A small set in exactly the layout of FMA's archives, made of our own songs, with the faults of real downloads.

tracks.csv is as pandas writes it: two lines of column names, a third with the index's name alone, 52 columns in FMA's
order, lists in Python's notation, biographies over several lines.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support import SONGS

COLUMNS = {
    "album": "comments date_created date_released engineer favorites id information listens producer tags title tracks "
    "type",
    "artist": "active_year_begin active_year_end associated_labels bio comments date_created favorites id latitude "
    "location longitude members name related_projects tags website wikipedia_page",
    "set": "split subset",
    "track": "bit_rate comments composer date_created date_recorded duration favorites genre_top genres genres_all "
    "information interest language_code license listens lyricist number publisher tags title",
}
NAMES = [(top, name) for top, names in COLUMNS.items() for name in names.split()]
GENRES = (  # genre_id, #tracks, parent, title, top_level
    (2, 5271, 0, "International", 2),
    (3, 1752, 0, "Blues", 3),
    (4, 4126, 0, "Jazz", 4),
    (9, 1987, 0, "Country", 9),
    (11, 151, 14, "Disco", 14),
    (12, 32923, 0, "Rock", 12),
    (14, 1499, 0, "Soul-RnB", 14),
    (31, 1498, 12, "Metal", 12),
    (79, 1061, 2, "Reggae - Dub", 2),
    (167, 280, 31, "Sludge", 12),
)
PARENTS = {number: parent for number, _, parent, _, _ in GENRES}


@dataclass(frozen=True)
class Listed:
    """A line of tracks.csv; `song` is one of tests/songs, after a minus backwards, which makes it another recording; or
    how the file is: missing, empty, junk, short.
    """

    track_id: int
    genres: tuple[int, ...]
    song: str
    split: str = "training"
    subset: str = "small"

    @property
    def name(self) -> str:
        """Where FMA keeps the file."""
        return f"{self.track_id // 1000:03d}/{self.track_id:06d}.mp3"


TRACKS = (
    Listed(2, (12,), "rock"),
    Listed(3, (31,), "metal"),
    Listed(5, (167,), "metal"),
    Listed(10, (4,), "jazz"),
    Listed(20, (3, 4), "blues"),
    Listed(134, (3,), "blues"),
    Listed(139, (79,), "reggae"),
    Listed(140, (79, 12), "reggae"),
    Listed(182, (11,), "disco"),
    Listed(190, (11,), "disco"),
    *(
        Listed(1000 + place, genres, song, "validation")
        for place, (genres, song) in enumerate(
            (((12,), "rock"), ((31,), "metal"), ((4,), "jazz"), ((3,), "blues"), ((79,), "reggae"), ((11,), "disco"))
        )
    ),
    *(
        Listed(99_000 + place, genres, song, "test")
        for place, (genres, song) in enumerate(
            (
                ((12,), "-rock"),
                ((31,), "-metal"),
                ((4,), "jazz"),  # is in the other parts, too
                ((3,), "-blues"),
                ((79,), "-reggae"),
                ((11,), "-disco"),
            )
        )
    ),
    Listed(200, (9,), "country"),  # the only one of its genre
    Listed(201, (), "pop"),
    Listed(202, (12,), "missing"),
    Listed(203, (12,), "missing", subset="large"),
    Listed(98565, (12,), "short"),
    Listed(99134, (12,), "empty"),
    Listed(133297, (31,), "junk"),
)


def write_fma(folder: Path) -> None:
    """fma_metadata and fma_small in `folder`, and a file that no line is of."""
    write_tables(folder / "fma_metadata")
    audio = folder / "fma_small"
    for track in TRACKS:
        if track.song != "missing":
            _write_song(track.song, audio / track.name)
    _write_song("pop", audio / "155" / "155999.mp3")
    (audio / "checksums").write_text("da39a3ee5e6b4b0d3255bfef95601890afd80709  099/099134.mp3\n")


def _write_song(song: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if song == "empty":
        path.touch()
    elif song == "junk":
        path.write_bytes(b"\xff\xfb\x90\x00" + bytes(2000))
    elif song == "short":
        _run_ffmpeg("rock", path, "-t", "1.6", "-c:a", "copy")
    elif song.startswith("-"):
        _run_ffmpeg(song[1:], path, "-af", "areverse")
    else:
        shutil.copy(SONGS / f"{song}.mp3", path)


def _run_ffmpeg(song: str, path: Path, *options: str) -> None:
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", SONGS / f"{song}.mp3", *options, path]
    subprocess.run(command, check=True, timeout=60)


def write_tables(folder: Path) -> None:
    """tracks.csv and genres.csv."""
    folder.mkdir(parents=True)
    with (folder / "genres.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["genre_id", "#tracks", "parent", "title", "top_level"])
        writer.writerows(GENRES)
    with (folder / "tracks.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["", *(top for top, _ in NAMES)])
        writer.writerow(["", *(name for _, name in NAMES)])
        writer.writerow(["track_id", *[""] * len(NAMES)])
        writer.writerows(_line(track) for track in sorted(TRACKS, key=lambda each: each.track_id))


def _line(track: Listed) -> list[object]:
    tops = {_upwards(genre)[-1] for genre in track.genres}
    title = {number: name for number, _, _, name, _ in GENRES}
    known: dict[tuple[str, str], object] = {
        ("artist", "bio"): "<p>Loud,\nand \"proud\"</p>" + "la " * (50_000 * (track.track_id == 3)),
        ("artist", "tags"): "['own']",
        ("artist", "location"): "Göteborg, Sverige",
        ("set", "split"): track.split,
        ("set", "subset"): track.subset,
        ("track", "genre_top"): title[tops.pop()] if len(tops) == 1 else "",
        ("track", "genres"): str(list(track.genres)),
        ("track", "genres_all"): str(sorted({each for genre in track.genres for each in _upwards(genre)})),
        ("track", "license"): "Creative Commons Attribution 4.0",
    }  # fmt: skip
    return [track.track_id, *(known.get(name, "") for name in NAMES)]


def _upwards(genre: int) -> list[int]:
    return [genre, *(_upwards(PARENTS[genre]) if PARENTS[genre] else [])]
