"""training/recorded.py: a record says what is on, and of before an option was thought of still means the same."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

from training.options import TrainingOptions
from training.recorded import recorded, tried


@dataclass(frozen=True)
class Inner:
    """Options within options."""

    depth: int = 1
    later: float = tried(0.0)


@dataclass(frozen=True)
class Outer:
    """Options of a run."""

    rate: float = 0.5
    names: tuple[str, ...] = ("a",)
    later: float = tried(0.0)
    inner: Inner = field(default_factory=Inner)


def test_what_came_later_is_absent_while_it_is_off() -> None:
    assert recorded(Outer()) == {"rate": 0.5, "names": ["a"], "inner": {"depth": 1}}


def test_what_is_on_is_said() -> None:
    said = recorded(Outer(later=0.25, inner=Inner(later=2.0)))
    assert (said["later"], said["inner"]) == (0.25, {"depth": 1, "later": 2.0})


def test_what_the_recipe_has_is_said_at_its_default_too() -> None:
    said = TrainingOptions().as_json()
    assert said["ema_momentum"] == 0
    assert said["augmentation"]["noise_share"] == 0
    assert "head_first_share" not in said


def test_two_recipes_never_have_the_same_record() -> None:
    plain = TrainingOptions()
    for name, value in asdict(plain).items():
        if isinstance(value, int | float):
            assert replace(plain, **{name: value + 1}).as_json() != plain.as_json(), name
