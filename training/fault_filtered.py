"""GTZAN's fault-filtered split, for whoever has GTZAN: which clips are in which part, and where they lie.

GTZAN (Tzanetakis & Cook, "Musical genre classification of audio signals", 2002) holds repeats, distorted clips and
several excerpts of one recording (Sturm, "The GTZAN dataset", 2013). fault_filtered.json holds the split that
Kereliuk, Sturm & Larsen ("Deep learning and music adversaries", 2015) published against that: 443 clips to train on,
197 for validation, 290 for the test. Its clips go by GTZAN's own names, GENRE.NNNNN, whatever folder or format they
lie in.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from training.clips import find_audio, one_file_each
from training.errors import TrainingError
from training.feature_set import FeatureSet, open_feature_set, read_archive
from training.prepare import prepare
from training.split import PARTS, Split, hash_names

FAULT_FILTERED = "fault-filtered"
HOW = "GTZAN's fault-filtered split, Kereliuk et al. 2015"
BROKEN_CLIP = "jazz.00054"  # in the copy of GTZAN that Kaggle has, in its training part
LISTS = Path(__file__).with_name("fault_filtered.json")

_CLIP_OF_NAME = re.compile(r"(?:.*/)?([a-z]+\.\d{5})(?:\.\w+)?")


def listed_clips() -> Split:
    """Part -> GTZAN's names of its clips, such as blues.00029."""
    parts = json.loads(LISTS.read_text(encoding="utf-8"))["parts"]
    return {
        part: [f"{genre}.{number:05}" for genre, numbers in parts[part].items() for number in numbers] for part in PARTS
    }


def clips_to_leave_unheard() -> set[str]:
    """All of GTZAN's names but the training part's: faulty clips repeat recordings of the other parts."""
    listed = listed_clips()
    genres = {clip.split(".")[0] for clip in listed["train"]}
    return {f"{genre}.{number:05}" for genre in genres for number in range(100)} - set(listed["train"])


def fault_filtered_split(songs: FeatureSet) -> tuple[Split, dict[str, list[str]]]:
    """The split of a set whose tracks have GTZAN's names, and part -> the listed clips that it lacks.

    Raises TrainingError when it has none of them.
    """
    names: dict[str, list[str]] = defaultdict(list)
    for track in songs.tracks:
        names[clip_of(track.name)].append(track.name)
    listed = listed_clips()
    split = {part: [name for clip in listed[part] for name in names.get(clip, [])] for part in PARTS}
    if not any(split.values()):
        raise TrainingError("no track of the set has a name of GTZAN's, such as blues.00029: is it another data set?")
    return split, {part: [clip for clip in listed[part] if clip not in names] for part in PARTS}


def clip_of(name: str) -> str:
    """blues.00029 of blues/blues.00029.wav; a name that is none of GTZAN's as it is."""
    found = _CLIP_OF_NAME.fullmatch(name)
    return found[1] if found else name


def gtzan_set(data: Path, destination: Path) -> tuple[FeatureSet, dict[str, str]]:
    """GTZAN's listed clips as a feature set, with the files left out and why.

    data: an .npz archive of log-mels, or any folder with the audio files below it; the latter's set is kept in the
    folder `destination`, and made again of what has changed since. Raises TrainingError when there is nothing to use.
    """
    if not data.exists():
        raise TrainingError(f"{data} is not there: say the folder that GTZAN's clips lie in")
    if not data.is_dir():
        return read_archive(data), {}
    files = _files_of_clips(data)
    genres = {clip.split(".")[0] for clip in files}
    if len(genres) < 2:
        raise TrainingError(
            f"{data} holds {len(files)} of the split's clips, of {len(genres)} genres; two are needed at least: "
            "GTZAN's files are named as blues.00029.wav is, in any subfolders and formats"
        )
    with tempfile.TemporaryDirectory(prefix="gtzan-") as links:
        report = prepare(_linked(files, Path(links)), destination)
    return open_feature_set(destination), report.skipped


def _files_of_clips(data: Path) -> dict[str, Path]:
    """Clip -> its file; of several copies a lossless one."""
    listed = {clip for clips in listed_clips().values() for clip in clips}
    found = [path for path in find_audio(data) if clip_of(path.name) in listed]
    return one_file_each(found, lambda path: clip_of(path.name))


def _linked(files: Mapping[str, Path], folder: Path) -> Path:
    """The folder, with links to the files in the one layout that `prepare` reads: GENRE/FILE."""
    for clip, path in files.items():
        genre = folder / clip.split(".")[0]
        genre.mkdir(exist_ok=True)
        (genre / f"{clip}{path.suffix}").symlink_to(path.resolve())
    return folder


def hashes_of_its_models(songs_split: Split) -> set[str]:
    """What a contract may state of its training songs when they are this split's: by GTZAN's names or the set's own."""
    train = listed_clips()["train"]
    whole = set(train) - {BROKEN_CLIP}
    return {hash_names(train), hash_names(whole), hash_names(songs_split["train"])}


def remarks(part: str, missing: Iterable[str], skipped: Mapping[str, str]) -> list[str]:
    """Sentences for whoever reads the figures of a part: what of it was not scored, and why."""
    lines = [f"skipped {name}: {reason}" for name, reason in skipped.items()]
    absent = list(missing)
    if absent:
        n_listed = len(listed_clips()[part])
        lines.append(f"not there: {len(absent)} of the {part} part's {n_listed} clips: {_as_numbers(absent)}")
    if BROKEN_CLIP in absent or BROKEN_CLIP in map(clip_of, skipped):
        is_of_part = BROKEN_CLIP in listed_clips()[part]
        figures = "the figures are of the others" if is_of_part else f"it is none of the {part} part's clips"
        lines.append(f"{BROKEN_CLIP} is broken in Kaggle's copy of GTZAN: {figures}")
    return lines


def _as_numbers(clips: Iterable[str]) -> str:
    """Clips by genre, runs of numbers as from-to: `blues 12-14, 61; jazz 54`."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for clip in sorted(clips):
        genre, _, number = clip.partition(".")
        numbers[genre].append(int(number))
    return "; ".join(f"{genre} {_runs(found)}" for genre, found in numbers.items())


def _runs(numbers: list[int]) -> str:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
