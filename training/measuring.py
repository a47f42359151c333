"""The steps of `python -m training` that measure an exported model and keep what they find in the folder of evidence.

TensorFlow takes seconds to import: each step imports what it needs.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from training.commands import identity
from training.errors import TrainingError
from training.evidence import write_evidence
from training.feature_set import FeatureSet, open_feature_set
from training.targets import check_names_one_genre

if TYPE_CHECKING:
    from model.predictor import Predictor


def compare_archive(options: Namespace) -> None:
    """`compare`: prints a line per audio format, and keeps the figures in the folder of evidence."""
    from model.predictor import Predictor
    from training.compare import compare_routes, comparison_table, figures_by_route
    from training.to_score import songs_of_part

    chosen, predictor = songs_of_part(options.split, options.part), Predictor(options.model)
    check_names_one_genre(predictor.contract, "compare")
    label = chosen.label_for(predictor.contract)
    found = compare_routes(options.archive, options.folder, predictor, chosen.names)
    figures = {"songs": label, "model": identity(predictor.contract), **figures_by_route(found)}
    _tell_and_keep(options, "routes", [label, *comparison_table(found)], figures)


def measure_robustness(options: Namespace) -> None:
    """`robustness`: prints a line a perturbation, and keeps the figures in the folder of evidence."""
    from model.predictor import Predictor
    from training.clips import find_clips
    from training.robustness import as_json, as_lines, hear_all
    from training.to_score import songs_of_part

    chosen, predictor = songs_of_part(options.split, options.part), Predictor(options.model)
    check_names_one_genre(predictor.contract, "robustness")
    label = chosen.label_for(predictor.contract)
    heard, skipped = hear_all(find_clips(options.folder, chosen.names), predictor)
    for name, reason in skipped.items():
        print(f"skipped {name}: {reason}")
    figures = {"songs": label, "model": identity(predictor.contract), **as_json(heard)}
    _tell_and_keep(options, "robustness", [f"{label}: {len(heard)} songs", *as_lines(figures)], figures)


def measure_following(options: Namespace) -> None:
    """`changes`: prints how soon the model follows the music, and keeps the figures in the folder of evidence."""
    from training.changes import as_lines, measure_changes

    songs, label, predictor = _songs_and_model(options, "changes")
    contract = predictor.contract
    found = measure_changes(songs, predictor.window_logits, contract)
    figures = {"songs": label, "model": identity(contract), **found}
    _tell_and_keep(options, "changes", [label, *as_lines(figures)], figures)


def measure_unsure(options: Namespace) -> None:
    """`abstain`: prints how often the model is unsure of what, and keeps the figures in the folder of evidence."""
    from training.abstention_report import as_lines, measure_abstention, others_label

    songs, label, predictor = _songs_and_model(options, "abstain")
    others = open_feature_set(options.others) if options.others else None
    contract = predictor.contract
    figures = {
        "songs": label,
        "others_are": others_label(others, contract),
        "model": identity(contract),
        **measure_abstention(songs, others, predictor.window_logits, contract),
    }
    _tell_and_keep(options, "abstention", as_lines(figures), figures)


def calibrate_short(options: Namespace) -> None:
    """`calibrate`: prints how sure verdicts of short songs are now, and writes it into the model's contract."""
    from model.predictor import Predictor
    from training.short_songs import (
        figures_by_length,
        middles_of,
        table_by_length,
        with_short_songs,
        write_short_verdicts,
    )
    from training.to_score import check_chain, songs_to_score

    chosen, predictor = songs_to_score(options), Predictor(options.model)
    contract, songs = predictor.contract, chosen.songs
    check_chain(songs, contract)
    if not chosen.chose(contract):
        raise TrainingError(f"{chosen.label}: not the validation songs of {options.model}: it may know some of them")
    middles = middles_of(songs, contract.genres, predictor.window_logits, contract.windows, contract.rows)
    rule = with_short_songs(songs, middles, contract.rows)
    write_short_verdicts(contract, rule)
    print(f"short_verdict_temperature {rule.short_verdict_temperature}, below {rule.short_verdict_below_s} s")
    if not rule.is_multi_label:
        print(chosen.label_for(contract), *table_by_length(figures_by_length(middles, rule)), sep="\n")


def report_training(options: Namespace) -> None:
    """`report`: prints where the page is."""
    from training.report import gather
    from training.report_audio import find_sounds
    from training.report_html import write_html

    sounds = find_sounds(options.audio, open_feature_set(options.set), options.out) if options.audio else None
    report = gather(options.set, options.split, options.run, options.model, options.part)
    write_html(report, options.out, sounds)
    print(f"report: open {options.out} in a browser")


def hear_filters(options: Namespace) -> None:
    """`filters`: prints the files left out, and how much there is to hear."""
    from training.filters import FilterOptions, hear_filters

    report = hear_filters(
        FilterOptions(options.folder, options.model, options.out, options.count, options.layers, options.link)
    )
    for name, reason in report.skipped.items():
        print(f"skipped {name}: {reason}")
    print(f"{report.n_channels} channels of {report.n_layers} convolutions, {report.n_songs} songs")
    print(f"{report.n_excerpts} excerpts: open {options.out / 'index.html'}")


def write_units(options: Namespace) -> None:
    """`units`: prints what the model folder has now."""
    from training.units import write_units

    written = write_units(options.filters, options.model, options.music)
    print(f"{written.n_units} units of {written.n_layers} layers, {written.n_bytes / 1000:.0f} kB: {written.folder}")


def measure_explanations(options: Namespace) -> None:
    """`faithful`: prints whether explanations say what the network hears, and keeps the figures as evidence."""
    from training.faithfulness import as_lines, measure_faithfulness
    from training.model_network import network_of_model

    songs, label, predictor = _songs_and_model(options, "faithful")
    contract = predictor.contract
    found = measure_faithfulness(songs, network_of_model(contract), contract)
    figures = {"songs": label, "model": identity(contract), **found}
    _tell_and_keep(options, "explanation", [label, *as_lines(figures)], figures)


def _tell_and_keep(options: Namespace, name: str, lines: Iterable[str], figures: Mapping[str, Any]) -> None:
    print(*lines, sep="\n")
    print(f"kept in {write_evidence(options.evidence, name, figures)}")


def _songs_and_model(options: Namespace, step: str) -> tuple[FeatureSet, str, Predictor]:
    """Songs, what they are to the model, and the model; remarks on songs that are not there are printed."""
    from model.predictor import Predictor
    from training.to_score import songs_to_score

    chosen = songs_to_score(options)
    for remark in chosen.remarks:
        print(remark)
    predictor = Predictor(options.model)
    check_names_one_genre(predictor.contract, step)
    return chosen.songs, chosen.label_for(predictor.contract), predictor
