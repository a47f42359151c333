"""What `train` can be told."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from training.augment import Augmentation
from training.errors import TrainingError
from training.recorded import recorded, tried

FINE_TUNING_EPOCHS, SCRATCH_EPOCHS = 16, 60
# Above "cnn" 7.1 points of validation songs with three seeds (+1.7 to +12.5; docs/evidence/ablation.json), both without
# the pitch shift; with it, and five seeds, 2.3 (-3.6 to +8.1).
SCRATCH_MODEL = "cnn-pcen"
# What "cnn" gains by it: 4.2 points of validation songs with three seeds (-0.7 to +9.3; docs/evidence/ablation.json),
# and half of that with five others. Other networks were not tried.
SCRATCH_SHIFT_SEMITONES = 2.0


@dataclass(frozen=True)
class TrainingOptions:
    """`init` is "scratch", a .pt of EfficientAT mn04, or a .keras network, or a model folder with one, to go on from.

    `others` is a prepared set of none of the genres, "" for synthetic signals alone. `teachers` are runs whose networks
    name the windows that `adapt` left in the folder `unlabelled`. `taggrams` is an archive (.npz) of another
    network's answers about the songs.
    """

    init: str = "scratch"
    model: str = "cnn"
    epochs: int = 60
    batch_size: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    label_smoothing: float = 0.1
    seed: int = 0
    level_jitter: float = 1.0  # of what the network has (model.network.RelativeLevel)
    local_share: float = 0.5  # of the loss that asks about 2.5 s instead of the whole window
    others_share: float = 0.25  # windows of none of the genres for each one of a song
    norms_learn: int = 0  # 1: the batch norms of given weights learn with the rest
    first_layer_rate: float = 1.0  # the first layer's learning rate as a share of the last one's
    ema_momentum: float = 0.0  # of an average of the weights over the updates, kept in their place; 0: none
    head_first_share: float = tried(0.0)  # of the updates: the last layer alone learns in them, then the others warm up
    window_squeeze: int = 0  # 1: over the whole window, as in runs of before this was recorded
    chunk_s: int = tried(0)  # an epoch hears a window of each of a song's chunks this long; 0: one of every song
    others: str = ""
    teachers: tuple[str, ...] = ()
    unlabelled: str = ""
    taggrams: str = tried("")
    augmentation: Augmentation = field(default_factory=Augmentation)

    def as_json(self) -> dict[str, Any]:
        """As a run's record keeps them."""
        return recorded(self)


def start_options(init: str, model: str | None) -> TrainingOptions:
    """The recipe as it is best for the start: "scratch", of the best network unless `model` says which, or weights."""
    if init != "scratch":
        return TrainingOptions(init=init, epochs=FINE_TUNING_EPOCHS)
    model = model or SCRATCH_MODEL
    shift_semitones = SCRATCH_SHIFT_SEMITONES if model in ("cnn", "cnn-pcen") else 0.0
    return TrainingOptions(
        init=init, model=model, epochs=SCRATCH_EPOCHS, augmentation=Augmentation(shift_semitones=shift_semitones)
    )


def chosen_options(options: Namespace) -> TrainingOptions:
    """What the command line of `train` says, the rest as it is best for the start chosen.

    Raises TrainingError for what does not go together.
    """
    from_scratch = options.init == "scratch"
    if bool(options.teachers) != bool(options.unlabelled):
        raise TrainingError("--teachers name the windows of --unlabelled: say both, or neither")
    if options.epochs is not None and options.epochs < from_scratch:
        raise TrainingError(f"--epochs {options.epochs} is too few: 1 from scratch, or 0 for a new last layer alone")
    if (options.teachers or options.taggrams) and options.epochs == 0:
        raise TrainingError("--teachers and --taggrams teach nothing in --epochs 0: leave out one or the other")
    start = start_options(options.init, options.model)
    chosen = replace(
        start,
        epochs=start.epochs if options.epochs is None else options.epochs,
        batch_size=options.batch_size,
        learning_rate=options.learning_rate,
        seed=options.seed,
        chunk_s=options.chunk_s,
        others=str(options.others or ""),
        teachers=tuple(map(str, options.teachers)),
        unlabelled=str(options.unlabelled or ""),
        taggrams=str(options.taggrams or ""),
    )
    return vary(chosen, options.vary)


def vary(options: TrainingOptions, settings: Sequence[str]) -> TrainingOptions:
    """The options with settings such as "label_smoothing=0" or, of the augmentation, "eq_db=0".

    Raises TrainingError for what is no number of either.
    """
    for setting in settings:
        name, _, value = setting.partition("=")
        augmentation = _with_number(options.augmentation, name, value)
        varied = _with_number(options, name, value)
        if augmentation is None and varied is None:
            names = ", ".join(_numbers(options) + _numbers(options.augmentation))
            raise TrainingError(f"--vary {setting}: say NAME=NUMBER, a name being one of {names}")
        options = varied or replace(options, augmentation=augmentation)
    return options


def _with_number(options: Any, name: str, value: str) -> Any:
    """The dataclass with its number `name` set; None when it has none of that name, or the value is no such number."""
    if name not in _numbers(options):
        return None
    try:
        return replace(options, **{name: type(getattr(options, name))(value)})
    except ValueError:
        return None


def _numbers(options: Any) -> list[str]:
    return [each.name for each in fields(options) if isinstance(getattr(options, each.name), int | float)]
