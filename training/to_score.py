"""Which songs a command hears, by its options, and what they were to the model."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from model.contract import Contract
from training import fault_filtered
from training.errors import TrainingError
from training.fault_filtered import FAULT_FILTERED
from training.feature_set import FeatureSet, open_feature_set, read_archive
from training.split import PARTS, hash_names, part_of_set, read_split

DEFAULT_SET, GTZAN_SET = Path("runs/set"), Path("runs/gtzan")
CHOSEN_ON_THESE = "the recipe, the temperatures and when to be unsure were chosen on these songs"


@dataclass(frozen=True, kw_only=True)
class PartOfSplit:
    """What songs are called, and what they were to a model.

    `part` is the split's that they are, None when no split was given; `split_hashes` are what the contract of a
    model that was trained on that split states of its training songs.
    """

    label: str
    part: str | None = None
    split_hashes: Set[str] = frozenset()

    def chose(self, contract: Contract) -> bool:
        """Were these the model's validation songs?"""
        return self.chose_what_learned_from(_learned_from(contract))

    def chose_what_learned_from(self, train_songs_sha256: str | None) -> bool:
        """The same of a network by the songs that it was trained on."""
        return self.part == "valid" and train_songs_sha256 in self.split_hashes

    def label_for(self, contract: Contract) -> str:
        """The label, with what these songs were to the model."""
        return self.label_for_what_learned_from(_learned_from(contract))

    def label_for_what_learned_from(self, train_songs_sha256: str | None) -> str:
        """The same of a network by the songs that it was trained on."""
        if self.part is None:
            return self.label
        if train_songs_sha256 not in self.split_hashes:
            return f"{self.label} - NOT the split the model was trained on: it may know some of these songs"
        uses = {
            "train": " - the model was trained on these songs: this is what it remembers, not how well it hears",
            "valid": f" - {CHOSEN_ON_THESE}",
        }
        return self.label + uses.get(self.part, "")


def _learned_from(contract: Contract) -> str | None:
    """The hash of the songs' names, where the contract states it."""
    found: str | None = contract.raw.get("training", {}).get("train_songs_sha256")
    return found


@dataclass(frozen=True, kw_only=True)
class SongsToScore(PartOfSplit):
    """Songs with their log-mels, and remarks on what is not among them."""

    songs: FeatureSet
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NamedSongs(PartOfSplit):
    """Songs of which the names are known; None: all that there are."""

    names: Set[str] | None


def songs_to_score(options: Namespace) -> SongsToScore:
    """Raises TrainingError when the options do not fit each other, or name nothing that can be scored."""
    if options.split == FAULT_FILTERED:
        return _of_gtzan(options)
    if options.data:
        raise TrainingError(f"DATA goes with --split {FAULT_FILTERED}; an archive with --features, a set with --set")
    return _of_archive(options) if options.features else _of_set(options)


def check_chain(songs: FeatureSet, contract: Contract) -> None:
    """Raises TrainingError when a model would not hear the songs as they are."""
    if songs.chain != contract.chain:
        raise TrainingError(f"the features were made with another signal chain than {contract.folder} hears with")


def songs_of_part(split: str | Path | None, part: str | None) -> NamedSongs:
    """The songs of a split's part, the validation part unless said; all songs without a split.

    Raises TrainingError when no split goes together with a part.
    """
    if split is None:
        if part is not None:
            raise TrainingError(f"--part {part} is part of what? Say --split too")
        label = "all songs of the folder - no split was given: the model may have been trained on some of them"
        return NamedSongs(label=label, names=None)
    part = _checked(part or "valid")
    if isinstance(split, Path):
        how, names = read_split(split)
        hashes = {hash_names(names["train"])}
    else:
        how, names = fault_filtered.HOW, fault_filtered.listed_clips()
        hashes = fault_filtered.hashes_of_its_models(names)
    return NamedSongs(label=f"{part} part ({how})", part=part, split_hashes=hashes, names=set(names[part]))


def _of_gtzan(options: Namespace) -> SongsToScore:
    if not options.data or options.features:
        raise TrainingError(f"say where GTZAN is, and no more: --split {FAULT_FILTERED} DATA")
    part = _checked(options.part or "test")
    songs, skipped = fault_filtered.gtzan_set(options.data, options.set or GTZAN_SET)
    split, missing = fault_filtered.fault_filtered_split(songs)
    return SongsToScore(
        songs=part_of_set(songs, split, part),
        label=f"{part} part ({fault_filtered.HOW})",
        part=part,
        split_hashes=fault_filtered.hashes_of_its_models(split),
        remarks=tuple(fault_filtered.remarks(part, missing[part], skipped)),
    )


def _of_set(options: Namespace) -> SongsToScore:
    how, split = read_split(options.split)
    part = _checked(options.part or ("test" if split["test"] else "valid"))
    songs = part_of_set(open_feature_set(options.set or DEFAULT_SET), split, part)
    hashes = {hash_names(split["train"])}
    return SongsToScore(songs=songs, label=f"{part} part ({how})", part=part, split_hashes=hashes)


def _checked(part: str) -> str:
    if part not in PARTS:
        raise TrainingError(f"--part is {part!r}, must be one of {', '.join(PARTS)}")
    return part


def _of_archive(options: Namespace) -> SongsToScore:
    songs, name, part = read_archive(options.features), options.features.name, options.part
    if part == "all":
        return SongsToScore(songs=songs, label=f"all of {name}")
    if part:
        split = {part: [track.name for track in songs.tracks if track.split == part]}
        return SongsToScore(songs=part_of_set(songs, split, part), label=f"{part} part of {name}")
    held_out = songs.only(track for track in songs.tracks if track.split not in ("train", "excluded"))
    if not held_out.tracks:
        raise TrainingError(f"{name} calls all its clips train or excluded: say --part to score them all the same")
    parts = sorted({track.split or "unnamed" for track in held_out.tracks})
    return SongsToScore(songs=held_out, label=f"{' and '.join(parts)} part of {name}")
