"""The steps of `python -m training` that make a set, and its split, from parsed options to printed words."""

from __future__ import annotations

from argparse import Namespace
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from training.errors import TrainingError
from training.fault_filtered import HOW, fault_filtered_split
from training.feature_set import FeatureSet, open_feature_set
from training.split import (
    PARTS,
    Split,
    grouped_split,
    one_recording_warnings,
    random_split,
    read_groups,
    split_from_archive,
    split_from_lists,
    without_test,
    write_split,
)

NAMES_SHOWN = 20  # of what is left out for one reason: an archive half unzipped would fill screens


def prepare_set(options: Namespace) -> None:
    """`prepare`: prints how many songs of each genre are in, and every file that is not."""
    from training.fma import FmaOptions
    from training.prepare import prepare

    fma = FmaOptions(options.fma, options.level, options.min_songs, options.subset) if options.fma else None
    report = prepare(options.source, options.set, fma)
    for genre, count in report.used.items():
        print(f"{genre:<20}{count:>6} songs")
    for name, reason in report.skipped.items():
        print(f"skipped {name}: {reason}")
    for names in report.recordings:
        print(f"the same recording: {', '.join(names)}")
    for reason, left in report.left_out.items():
        print(f"left out: {len(left)} {reason}: {', '.join(left[:NAMES_SHOWN])}{' …' * (len(left) > NAMES_SHOWN)}")
    print(f"{report.n_songs} songs in {options.set}, {len(report.skipped)} files skipped")
    print(f"drawn: {options.set / 'genres.png'}")


def split_set(options: Namespace) -> None:
    """`split`: prints the parts' sizes and the listed tracks that are missing."""
    songs = open_feature_set(options.set)
    missing: list[str] = []
    warnings: list[str] = []
    if options.given and songs.is_multi_label:
        split, how = _fmas_own(songs)
        warnings = _of_several_parts(songs, split)
    elif options.given:
        split, how = split_from_archive(songs), "given by the archive"
    elif options.fault_filtered:
        (split, absent), how = fault_filtered_split(songs), HOW
        missing = [clip for part in PARTS for clip in absent[part]]
    elif options.lists:
        split, missing = split_from_lists(songs, _split_lists(options.lists))
        how = f"lists of {options.lists.name}"
    elif options.random:
        split = random_split(songs, options.shares, options.seed)
        how = f"random, shares {options.shares}, seed {options.seed}"
    else:
        groups = read_groups(options.groups, songs) if options.groups else {}
        kind = f"grouped by {options.groups.name}" if options.groups else "by recording"
        test, kept = without_test(songs)
        shares = _without_test_share(options.shares) if test else options.shares
        split = grouped_split(kept, groups, shares, options.seed)
        split["test"] += test
        how = f"{kind}, shares {shares}, seed {options.seed}{', test part as given' if test else ''}"
        warnings = one_recording_warnings(kept)
    if songs.is_multi_label:
        _check_all_can_be_learned(songs, split)
    write_split(split, options.split, how)
    for sentence in warnings:
        print(f"WARNING: {sentence}")
    for name in missing:
        print(f"listed but not in the set: {name}")
    print(", ".join(f"{len(split[part])} {part}" for part in PARTS), f"-> {options.split} ({how})")


def _fmas_own(songs: FeatureSet) -> tuple[Split, str]:
    """The split and how it was made. It is by artist, and some recordings are there under several: what is measured on
    the test part is to be of songs that were not heard before.
    """
    split, how = split_from_archive(songs), "FMA's own"
    unheard = {track.name for track in without_test(songs)[1].tracks}
    kept = {part: [name for name in split[part] if name in unheard] for part in ("train", "valid")}
    n_dropped = sum(len(split[part]) - len(names) for part, names in kept.items())
    if not n_dropped:
        return split, how
    return {**split, **kept}, f"{how}, without {n_dropped} songs whose recording is in the test part"


def _check_all_can_be_learned(songs: FeatureSet, split: Split) -> None:
    """A genre may have lost its training songs to what cannot be read or is heard in the test."""
    learned = {track.name for track in songs.tracks}.intersection(split["train"])
    taught = {genre for track in songs.tracks if track.name in learned for genre in track.all_genres}
    if lost := sorted(set(songs.genres) - taught):
        raise TrainingError(
            f"no song to learn from is left of {', '.join(lost)}: run `python -m training prepare` again with a larger "
            "--min-songs, which leaves such genres out"
        )


def _of_several_parts(songs: FeatureSet, split: Split) -> list[str]:
    """Recordings that are learned from and validated on."""
    part_of = {name: part for part in PARTS for name in split[part]}
    parts_of: dict[str, set[str]] = defaultdict(set)
    for track in songs.tracks:
        parts_of[track.of_recording].add(part_of.get(track.name, ""))
    n = sum(len(parts - {""}) > 1 for parts in parts_of.values())
    return [f"{n} recordings are in more than one part: of them what was remembered is measured"] if n else []


def _without_test_share(shares: Sequence[float]) -> list[float]:
    """For what is left when the test part is given."""
    train, valid, _ = shares
    return [train / (train + valid), valid / (train + valid), 0.0]


def _split_lists(folder: Path) -> dict[str, Path]:
    found = {part: sorted(folder.glob(f"{part}*.txt")) for part in PARTS}
    for part, paths in found.items():
        if len(paths) > 1 or (part != "test" and not paths):
            raise TrainingError(f"{folder} must hold one {part}*.txt, found {len(paths)}")
    return {part: paths[0] for part, paths in found.items() if paths}
