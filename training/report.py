"""What `report` tells of a training, gathered: the network, its songs, what it heard them as and where it puts them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from training.errors import TrainingError
from training.evaluate import Evaluation, summarise
from training.feature_set import FeatureSet, open_feature_set
from training.multi_label import MultiLabelEvaluation, summarise_multi_label
from training.report_map import SongMap, song_map
from training.report_source import Source, open_source
from training.score import SongLogits, song_logits
from training.split import Split, hash_names, part_of_set, read_split
from training.to_score import PartOfSplit


@dataclass(frozen=True)
class Report:
    """All that the page tells. `part` is the split's that was judged, `label` what its songs were to the network.

    `is_of_others`: the network learned from none of the songs judged. `map`: None where there is nothing to lay out.
    """

    source: Source
    songs: FeatureSet
    skipped: Mapping[str, str]
    split: Split
    how: str
    part: str
    label: str
    is_of_others: bool
    scored: tuple[SongLogits, ...]
    result: Evaluation | MultiLabelEvaluation
    map: SongMap | None


def gather(set_folder: Path, split_file: Path, run: Path | None, model: Path | None, part: str) -> Report:
    """Hear the split's part with the run's network, or the model's; test songs only when they are that part.

    Raises TrainingError or ContractError for what is not there, or does not belong together.
    """
    songs, (how, split) = open_feature_set(set_folder), read_split(split_file)
    judged, source = part_of_set(songs, split, part), open_source(run, model, songs, split)
    if songs.is_multi_label != source.rule.is_multi_label:
        raise TrainingError(
            "the set's songs have several genres each and the network hears one, or the other way round"
        )
    scored = song_logits(judged, source.genres, source.network, source.windows, source.rule)
    known = PartOfSplit(label=f"{part} part ({how})", part=part, split_hashes={hash_names(split["train"])})
    is_its_split = source.train_songs_sha256 in known.split_hashes
    learned = part_of_set(songs, split, "train") if is_its_split and part != "train" else songs.only([])
    return Report(
        source=source,
        songs=songs,
        skipped=skipped_files(set_folder),
        split=split,
        how=how,
        part=part,
        label=known.label_for_what_learned_from(source.train_songs_sha256),
        is_of_others=is_its_split and part != "train",
        scored=tuple(scored),
        result=_figures(scored, source, fitted_on_these=known.chose_what_learned_from(source.train_songs_sha256)),
        map=song_map(source.keras_network, judged, learned, source.windows) if source.keras_network else None,
    )


def _figures(scored: list[SongLogits], source: Source, *, fitted_on_these: bool) -> Evaluation | MultiLabelEvaluation:
    """The very figures of `evaluate`."""
    if source.rule.is_multi_label:
        return summarise_multi_label(scored, source.genres, source.rule)
    return summarise(scored, source.genres, source.rule, fitted_on_these=fitted_on_these)


def skipped_files(set_folder: Path) -> dict[str, str]:
    """Files that `prepare` could not use, and why."""
    table = json.loads((set_folder / "tracks.json").read_text(encoding="utf-8"))
    return {str(name): str(reason) for name, reason in table.get("skipped", {}).items()}
