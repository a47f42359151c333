"""Which songs are for training, for validation and for the test; always written down, never made up on the way."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from scipy.cluster.hierarchy import DisjointSet

from model.music_files import AUDIO_SUFFIXES
from training.errors import TrainingError
from training.feature_set import FeatureSet, Track

PARTS = ("train", "valid", "test")
Split = dict[str, list[str]]  # part -> track names


def random_split(songs: FeatureSet, shares: Sequence[float], seed: int) -> Split:
    """As most projects split: stratified, and by chance alone, even where songs are the same recording.

    Rewards remembering that. Raises TrainingError as grouped_split does.
    """
    return grouped_split(songs.only(replace(track, recording="") for track in songs.tracks), {}, shares, seed)


def grouped_split(songs: FeatureSet, group_of: Mapping[str, str], shares: Sequence[float], seed: int) -> Split:
    """Stratified, and all songs of one group (artist) and of one recording in one part. The rest are each their own.

    Raises TrainingError when shares are none, or a part would be empty.
    """
    _check_shares(shares)
    split: Split = deal(songs, group_of, dict(zip(PARTS, shares, strict=True)), seed)
    _check_not_empty(split, shares)
    return split


def deal(songs: FeatureSet, group_of: Mapping[str, str], shares: Mapping[str, float], seed: int) -> Split:
    """Track names by part, of any names: groups largest first, each to the part that lacks most songs of its genres."""
    groups = list(_grouped(songs, group_of).values())
    random.Random(seed).shuffle(groups)
    groups.sort(key=len, reverse=True)
    n_songs = Counter(track.genre for track in songs.tracks)
    lacking = {part: Counter({g: share * n for g, n in n_songs.items()}) for part, share in shares.items()}
    split: Split = {part: [] for part in shares}
    for group in groups:
        genres = Counter(track.genre for track in group)
        part = max(shares, key=lambda name: sum(lacking[name][genre] * n for genre, n in genres.items()))
        lacking[part].subtract(genres)
        split[part] += [track.name for track in group]
    return split


def without_test(songs: FeatureSet) -> tuple[list[str], FeatureSet]:
    """The names of the songs that the set itself calls test, and the other songs without repeats of those."""
    test = [track for track in songs.tracks if track.split == "test"]
    heard = {track.of_recording for track in test}
    others = (track for track in songs.tracks if track.split != "test" and track.of_recording not in heard)
    return [track.name for track in test], songs.only(others)


def recordings_by_genre(songs: FeatureSet) -> Counter[str]:
    """How many songs each genre has, repeats not counted."""
    return Counter(genre for genre, _ in {(track.genre, track.of_recording) for track in songs.tracks})


def genres_of_one_recording(songs: FeatureSet) -> list[str]:
    """Genres of several songs that are all one recording: nothing can be kept from training there, and they are split
    as if they were songs of their own. What is measured on them is what was remembered.
    """
    n_songs = Counter(track.genre for track in songs.tracks)
    return sorted(genre for genre, n in recordings_by_genre(songs).items() if n == 1 < n_songs[genre])


def one_recording_warnings(songs: FeatureSet) -> list[str]:
    """A sentence for each of those genres."""
    return [
        f"all songs of {genre} are one recording: what is measured on them is what was remembered"
        for genre in genres_of_one_recording(songs)
    ]


def _grouped(songs: FeatureSet, group_of: Mapping[str, str]) -> dict[str, list[Track]]:
    single = set(genres_of_one_recording(songs))
    belonging = DisjointSet(track.name for track in songs.tracks)
    first_of: dict[tuple[str, str], str] = {}
    for track in songs.tracks:
        recording = "" if track.genre in single else track.recording
        for key in (("group", group_of.get(track.name, "")), ("recording", recording)):
            if key[1]:
                belonging.merge(first_of.setdefault(key, track.name), track.name)
    groups: dict[str, list[Track]] = defaultdict(list)
    for track in songs.tracks:
        groups[belonging[track.name]].append(track)
    return groups


def _check_shares(shares: Sequence[float]) -> None:
    if len(shares) != len(PARTS) or min(shares) < 0 or abs(sum(shares) - 1) > 1e-6 or not shares[0] or not shares[1]:
        raise TrainingError(f"shares of train, valid and test must add up to 1, the first two above 0; got {shares}")


def _check_not_empty(split: Split, shares: Sequence[float]) -> None:
    for part, share in zip(PARTS, shares, strict=True):
        if share and not split[part]:
            raise TrainingError(
                f"there are too few songs for a {part} part of {share:.0%}: add songs or change --shares"
            )


def split_from_lists(songs: FeatureSet, lists: Mapping[str, Path]) -> tuple[Split, list[str]]:
    """The split of given lists, one track a line, such as GTZAN's fault-filtered ones.

    Returns it with the listed tracks that the set does not hold. Raises TrainingError for a track in two lists.
    """
    names = _names_by_key(songs)
    split: Split = {part: [] for part in PARTS}
    missing: list[str] = []
    part_of: dict[str, str] = {}
    for part, path in lists.items():
        for line in filter(None, map(str.strip, _read_lines(path))):
            name = names.get(_key(line)) or names.get(_stem(line))
            if name is None:
                missing.append(line)
                continue
            if part_of.setdefault(name, part) != part:
                raise TrainingError(
                    f"{line} is listed for {part_of[name]} and for {part}: a song may be in one part only"
                )
            split[part].append(name)
    if not split["train"]:
        raise TrainingError(f"no track of {lists.get('train')} is in the set: are the lists those of this music?")
    return split, missing


def split_from_archive(songs: FeatureSet) -> Split:
    """The split that the archive's own `split` column says, or the folders; tracks of no part are left out."""
    split = {part: [track.name for track in songs.tracks if track.split == part] for part in PARTS}
    if not split["train"] or not split["valid"]:
        raise TrainingError("this set's tracks do not say which are for train and valid: use another kind of split")
    return split


def read_groups(path: Path, songs: FeatureSet) -> dict[str, str]:
    """Track name -> group from lines `track ::: artist ::: …` (Sturm's GTZAN index) or `track<TAB>group`."""
    names = _names_by_key(songs)
    groups: dict[str, str] = {}
    for line in _read_lines(path):
        fields = [field.strip() for field in (line.split(":::") if ":::" in line else line.split("\t"))]
        if len(fields) < 2:
            continue
        name = names.get(_key(fields[0])) or names.get(_stem(fields[0]))
        if name and fields[1]:
            groups[name] = fields[1].casefold()
    if not groups:
        raise TrainingError(f"{path} names no track of this set: lines are `track ::: group` or `track<TAB>group`")
    return groups


def _read_lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise TrainingError(f"{path} cannot be read: {error.strerror}") from error


def _key(name: str) -> str:
    """A track's path without its audio format: lists of .wav names fit a set of MP3s."""
    path = PurePosixPath(name)
    return str(path.with_suffix("")) if path.suffix.lower() in AUDIO_SUFFIXES else name


def _stem(name: str) -> str:
    return PurePosixPath(_key(name)).name


def _names_by_key(songs: FeatureSet) -> dict[str, str]:
    """Track names by path and, where only one track has it, by file name, both without the audio format."""
    by_stem: dict[str, list[str]] = defaultdict(list)
    for track in songs.tracks:
        by_stem[_stem(track.name)].append(track.name)
    unique = {stem: names[0] for stem, names in by_stem.items() if len(names) == 1}
    return unique | {_key(track.name): track.name for track in songs.tracks}


def write_split(split: Split, path: Path, how: str) -> None:
    """As JSON, with the words that say how it was made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"how": how, **split}, ensure_ascii=False, indent=1), encoding="utf-8")


def read_split(path: Path) -> tuple[str, Split]:
    """(how it was made, the split). Raises TrainingError when the file is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return str(data["how"]), {part: [str(name) for name in data[part]] for part in PARTS}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{path} is not a split: run `python -m training split` ({error})") from error


def part_of_set(songs: FeatureSet, split: Split, part: str) -> FeatureSet:
    """The songs of one part. Raises TrainingError when the set holds none of them."""
    wanted = set(split[part])
    chosen = songs.only(track for track in songs.tracks if track.name in wanted)
    if not chosen.tracks:
        raise TrainingError(f"the set holds no song of the split's {part} part")
    return chosen


def hash_names(names: Iterable[str]) -> str:
    """Which songs, without saying which: the contract is public, the names of someone's music are not."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()
