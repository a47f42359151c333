"""What `train` can be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from training.augment import Augmentation
from training.errors import TrainingError


@dataclass(frozen=True)
class TrainingOptions:
    """`init` is "scratch", a .pt of EfficientAT mn04, or a .keras network to go on from.

    `others` is a prepared set of none of the genres, "" for synthetic signals alone. `teachers` are runs whose networks
    name the windows that `adapt` left in the folder `unlabelled`.
    """

    init: str = "scratch"
    model: str = "cnn"
    epochs: int = 60
    batch_size: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    label_smoothing: float = 0.1
    patience: int = 15
    seed: int = 0
    others: str = ""
    teachers: tuple[str, ...] = ()
    unlabelled: str = ""
    augmentation: Augmentation = field(default_factory=Augmentation)


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
