"""The levers of the recipe: what each changes, and the options of `train` that change it."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from training.errors import TrainingError

SHIPPED, SCRATCH, SOUP, OVERLAP = "shipped", "cnn", "soup", "overlap"


@dataclass(frozen=True)
class Lever:
    """One thing changed: `changes` names its row, `name` its runs, `against` the lever whose recipe it is else.

    `start` is "adapted", "teacher" (the weights as they were published) or "scratch"; `given` are options of `ablate`
    that `train` gets, too.
    """

    name: str
    changes: str
    options: tuple[str, ...] = ()
    start: str = "adapted"
    against: str = SHIPPED
    given: tuple[str, ...] = ()


def _varied(name: str, changes: str, *settings: str) -> Lever:
    return Lever(name, changes, ("--vary", *settings))


def _from_scratch(name: str, changes: str, *settings: str, model: str = SCRATCH, more: tuple[str, ...] = ()) -> Lever:
    """All of them without the shift that `train` has from scratch: it was found last, as one of them."""
    varied = ("--vary", "shift_semitones=0", *settings)
    return Lever(name, f"from scratch: {changes}", ("--model", model, *more, *varied), start="scratch", against=SCRATCH)


def _network(model: str, changes: str) -> Lever:
    return _from_scratch(model, changes, model=model)


LEVERS = (
    Lever(SHIPPED, "the recipe as it is"),
    Lever("epochs-8", "8 epochs", ("--epochs", "8")),
    Lever("epochs-32", "32 epochs", ("--epochs", "32")),
    Lever("epochs-64", "64 epochs", ("--epochs", "64")),
    Lever("rate-3e-4", "learning rate 3e-4", ("--learning-rate", "3e-4")),
    Lever("batch-16", "batches of 16", ("--batch-size", "16")),
    Lever("not-adapted", "starts from mn04 as published, not adapted to our features", start="teacher"),
    _varied("head-only", "the last layer alone learns", "first_layer_rate=0"),
    _varied("layer-rates", "first layer at a tenth of the last one's learning rate", "first_layer_rate=0.1"),
    _varied(
        "slow-unfreezing",
        "the last layer alone learns in the first quarter of the updates, then the others' rate rises to its own",
        "head_first_share=0.25",
    ),
    _varied("norms-learn", "batch norms learn, too", "norms_learn=1"),
    _varied("window-squeeze", "squeeze-and-excitation over the window instead of 2.5 s", "window_squeeze=1"),
    _varied("no-specaugment", "no SpecAugment", "masks=0"),
    _varied("no-mixup", "no mixup", "mixup_alpha=0"),
    _varied("no-crops", "always the middle window, no random crops", "middle_share=1"),
    _varied("no-equaliser", "no equaliser", "eq_db=0"),
    _varied("more-equaliser", "equaliser of 8 dB", "eq_db=8"),
    _varied("no-low-pass", "no low-pass", "cutoff_share=0"),
    _varied("no-scale", "no change of the dB scale", "scale=0"),
    _varied("no-level", "no jitter of the level", "level_jitter=0"),
    _varied("noise", "white noise in half of the windows, 10 to 40 dB below them", "noise_share=0.5"),
    _varied("codec", "holes as codecs leave them, in half of the windows", "holes_share=0.5"),
    _varied("stretch", "up to 10 % slower or faster", "stretch=0.1"),
    _varied("pitch", "up to 2 semitones higher or lower", "shift_semitones=2"),
    _varied("no-smoothing", "no label smoothing", "label_smoothing=0"),
    _varied("whole-windows", "loss of whole windows alone", "local_share=0"),
    _varied("parts-alone", "loss of 2.5-s parts alone", "local_share=1"),
    _varied("no-others", "nothing but the genres", "others_share=0"),
    _varied("averaged", "weights averaged over the last 50 updates or so", "ema_momentum=0.98"),
    Lever(SOUP, "the seeds' weights averaged: one network of all"),
    Lever(OVERLAP, "each second heard by four windows, averaged"),
    Lever("distilled", "other runs' networks name music without labels, too", given=("teachers", "unlabelled")),
    Lever("answered", "targets halfway to a tagging network's answers", given=("taggrams",)),
    _network(SCRATCH, "six 2-D convolutions"),
    _network("conv1d", "three 1-D convolutions of 256 channels"),
    _network("short-chunk", "six residual blocks, an eighth of Won et al.'s width"),
    _network("cnn-wide", "twice the channels"),
    _network("cnn-deep", "two convolutions where there was one"),
    _network("cnn-brief", "steps hear 1.2 s instead of 2.5"),
    _network("cnn-long", "steps hear 5 s instead of 2.5"),
    _network("cnn-attention", "attention over time instead of the mean"),
    _network("cnn-mean-max", "mean and maximum over time instead of the mean"),
    _network("cnn-pcen", "PCEN instead of decibels"),
    _network("cnn-band-norm", "every band normalised over the window"),
    _from_scratch("cnn-epochs-120", "120 epochs", more=("--epochs", "120")),
    _from_scratch("cnn-epochs-240", "240 epochs", more=("--epochs", "240")),
    _from_scratch("cnn-rate-3e-3", "learning rate 3e-3", more=("--learning-rate", "3e-3")),
    _from_scratch("cnn-no-specaugment", "no SpecAugment", "masks=0"),
    _from_scratch("cnn-no-mixup", "no mixup", "mixup_alpha=0"),
    _from_scratch("cnn-stretch", "up to 10 % slower or faster", "stretch=0.1"),
    _from_scratch("cnn-pitch", "up to 2 semitones higher or lower", "shift_semitones=2"),
    _from_scratch("cnn-noise", "white noise in half of the windows, 10 to 40 dB below them", "noise_share=0.5"),
)


def changes_of(name: str) -> str:
    """The row's name of a lever."""
    return next(lever.changes for lever in LEVERS if lever.name == name)


def chosen_levers(only: Sequence[str], said: Container[str]) -> tuple[list[Lever], list[str]]:
    """The levers named, or all of them; and a line for each that is left out for want of what it needs.

    `said` are the options of `ablate` that have a value.

    Raises TrainingError for a name that is none, and for a named one that lacks what it needs.
    """
    unknown = sorted(set(only) - {lever.name for lever in LEVERS})
    if unknown:
        raise TrainingError(f"no lever is called {', '.join(unknown)}: {', '.join(lever.name for lever in LEVERS)} are")
    asked = [lever for lever in LEVERS if not only or lever.name in only]
    lacking = {lever.name: _lacks(lever, said) for lever in asked}
    lines = [f"{name} needs {what}" for name, what in lacking.items() if what]
    if only and lines:
        raise TrainingError("; ".join(lines))
    return [lever for lever in asked if not lacking[lever.name]], lines


def _lacks(lever: Lever, said: Container[str]) -> str:
    needed = ("teacher",) if lever.start == "teacher" else lever.given
    return " and ".join(f"--{name}" for name in needed if name not in said)
