"""training/card_text.py: figures, tables and names as Markdown."""

from __future__ import annotations

import pytest

from training.card_text import (
    MINUS,
    NO_BREAK,
    count,
    figure,
    over_seeds,
    percent,
    plain,
    points,
    size,
    table,
    words,
    wrapped,
)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (figure(0.69543), "0.695"),
        (figure(None), "–"),
        (percent(0.616), f"62{NO_BREAK}%"),
        (percent(0.0214), f"2.1{NO_BREAK}%"),
        (percent(0.0996), f"10{NO_BREAK}%"),
        (percent(0.0), f"0{NO_BREAK}%"),
        (percent(None), "–"),
        (over_seeds([0.7]), "0.700"),
        (over_seeds([0.71, 0.69, 0.70]), "0.700 (0.690–0.710)"),
        (points(0.0123), "+1.2"),
        (points(-0.0123), f"{MINUS}1.2"),
        (count(1, "song"), "1 song"),
        (count(2, "song"), "2 songs"),
        (size(90_745), "91 kB"),
        (size(1_274_165), "1.27 MB"),
        (words(["a"]), "a"),
        (words(["a", "b", "c"]), "a, b and c"),
    ],
)
def test_figures_are_read_easily(shown: str, expected: str) -> None:
    assert shown == expected


def test_a_table_is_markdown() -> None:
    assert table(("", "n"), [["a", "1"]]) == "|  | n |\n| --- | --: |\n| a | 1 |"


def test_a_name_does_not_end_a_cell_or_begin_markup() -> None:
    assert plain("a|b *c*\n<script>") == r"a\|b \*c\* \<script\>"


def test_prose_and_lists_are_wrapped_and_the_rest_is_not() -> None:
    long = "word " * 60
    row, code = f"| {long} |", f"```sh\n{long}\n```"
    text = wrapped("\n\n".join([long, row, code, f"- one {long}\n- two"]))
    prose, *same, items = text.split("\n\n")
    assert max(map(len, prose.splitlines())) <= 116
    assert same == [row, code]
    assert [line[:2] for line in items.splitlines()] == ["- ", "  ", "  ", "- "]
