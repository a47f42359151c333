"""The table of parity: a row for each kind of signal and each file, a column for each stage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.parity.compare import (
    FILE_PROBABILITY,
    LOG_MEL_DB,
    LOG_MEL_SHARE,
    LOG_MEL_WORST_DB,
    LOGITS_SHARE,
    PROBABILITY,
    RESAMPLED,
    STAGES,
    Deviation,
    decibels,
)
from tests.parity.files import TWO_DECODERS
from tests.parity.measure import Result

WIDTHS = (36, 18, 12, 28, 9, 13)


def heading() -> str:
    """What the columns are, and what is allowed in them."""
    within = f"within {LOG_MEL_DB:g} dB"
    titles = (
        ("", "decoded PCM", "mono and", f"log-mel: bins {within},", "logits", "probabilities"),
        ("", "", "resampled", "audible ones, their worst/dB", "of range", ""),
        ("allowed, signals", "(given)", decibels(RESAMPLED), _log_mel(LOG_MEL_SHARE, None), *_ends(PROBABILITY)),
        ("allowed, files", *[decibels(TWO_DECODERS)] * 2, _log_mel(None, LOG_MEL_SHARE), *_ends(FILE_PROBABILITY)),
    )
    return "\n".join([*map(_line, titles), "-" * (sum(WIDTHS) + 2 * len(WIDTHS) - 2)])


def _log_mel(share: float | None, share_audible: float | None) -> str:
    shares = (f"{100 * each:.2f} %" if each else "-" for each in (share, share_audible))
    return " ".join([*(f"{each:>8}" for each in shares), f"{LOG_MEL_WORST_DB:.4f}"])


def _ends(probability: float) -> tuple[str, str]:
    return f"{LOGITS_SHARE:.2%}", f"{probability:.4f}"


def row(name: str, results: Sequence[Result]) -> str:
    """The worst of several results at each stage."""
    return _line((name, *(_cell(worst(results, stage)) for stage in STAGES)))


def worst(results: Sequence[Result], stage: str) -> Deviation | None:
    """The result that comes nearest to what is allowed at a stage, or beyond it."""
    found = [each for result in results for each in result.deviations if each.stage == stage]
    return max(found, key=lambda each: (each.is_missed, each.excess), default=None)


def _cell(deviation: Deviation | None) -> str:
    if deviation is None:
        return ""
    if deviation.is_missed:
        return f"{deviation.cell} !"
    return deviation.cell if deviation.is_held else f"({deviation.cell})"


def _line(cells: Sequence[str]) -> str:
    name, *others = cells
    return "  ".join([name.ljust(WIDTHS[0]), *map(str.rjust, others, WIDTHS[1:])]).rstrip()


def verdict(results: Sequence[Result]) -> str:
    """How many songs keep to the tolerances; those that do not, with what and where."""
    lines = [f"{result.name}: {deviation}" for result in results for deviation in result.missed]
    n_kept = sum(not result.missed for result in results)
    summary = f"{n_kept} of {len(results)} songs within what is allowed."
    return "\n".join([summary, *(f"MISSED {line}" for line in lines)])


def as_json(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Every result, for scripts."""
    return [
        {
            "name": result.name,
            "note": result.note,
            "route": result.route,
            "stages": {each.stage: _numbers(each) for each in result.deviations},
        }
        for result in results
    ]


def _numbers(deviation: Deviation) -> dict[str, Any]:
    kept = {"is_held": deviation.is_held, "is_missed": deviation.is_missed}
    return {"measured": deviation.measured, "times_allowed": deviation.excess, **kept, "where": deviation.where}
