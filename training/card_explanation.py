"""The card's section on the page's explanations of a second: whether they say what the network hears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from training.card_inputs import CardInputs, not_measured, of_this_model
from training.card_text import NO_BREAK, count, figure, interval, paragraphs, percent, plain, table

MARKS = {
    "gradient": "**the page's most relevant cells**",
    "integrated": "by integrated gradients",
    "moved_in_mel": "as many in other bands of the same frames",
    "moved": "as many, moved anywhere",
    "random": "cells at random",
    "loudest": "the loudest cells",
    "farthest": "the cells farthest from what is usual in their band",
}
PLACES = {"usual": "what is usual in the band", "silence": "silence"}


def explanations(inputs: CardInputs) -> str:
    """Deletion, and the sanity check."""
    if "explanation" not in inputs.evidence:
        command = "python -m training faithful --model MODEL --evidence EVIDENCE"
        return not_measured("Whether the page's explanations of a second say what the network hears", command)
    data = inputs.evidence["explanation"]
    return paragraphs(
        of_this_model(inputs, "explanation"),
        _method(data),
        *(_deletion([row for row in data["deletion"] if row["by"] == place], place) for place in PLACES),
        _sanity(data["sanity"], data["n_points"]),
    )


def _method(data: Mapping[str, Any]) -> str:
    return (
        "Asked why it hears a genre in a second, the page gives each cell of the log-mel around it (a band in a "
        "frame) its gradient, of the log-odds of the genre, times how far it is from its band's mean. Whether that is "
        f"what the network hears was tried on {count(data['n_rows'], 'second')}, one a song, drawn with seed "
        f"{data['seed']} ({plain(str(data['songs']))}), for the likeliest genre, whose probability there is "
        f"{figure(data['probability'])} on average, and {figure(data['differs_from_chart'])} from that on the chart, "
        "which hears the second in other windows. Before it marks them in its picture, the page smears these numbers "
        "over their neighbours, for the eye and the ear; the figures are of the cells themselves."
    )


def _deletion(rows: Sequence[Mapping[str, Any]], place: str) -> str:
    """A table for one thing that takes the cells' place; nothing where that was not tried."""
    if not rows:
        return ""
    text = (
        f"How far that probability falls when some cells of the window are replaced by {PLACES[place]}, with the "
        f"95{NO_BREAK}% interval of the mean:"
    )
    lines = [[words, *(_with_interval(row["falls"][name]) for row in rows)] for name, words in MARKS.items()]
    lines += [
        [
            f"*the page's most relevant cells, beyond {MARKS[name]}*",
            *(_with_interval(row["beyond"][name]) for row in rows),
        ]
        for name in rows[0]["beyond"]
    ]
    return paragraphs(text, table(("", *(f"{percent(row['share'])} of the cells" for row in rows)), lines))


def _with_interval(found: Mapping[str, Any]) -> str:
    return f"{figure(found['mean'])} ({interval(found['ci95'])})"


def _sanity(data: Mapping[str, Any], n_points: int) -> str:
    """How alike the explanations of trained and of randomised networks are."""
    text = (
        "And whether an explanation is of the network, not of the sound alone: that of a network whose last layers "
        "have their weights shuffled should be another one (Adebayo et al., 2018). Spearman's rank correlation of the "
        f"cells' relevance with the page's, mean of {count(data['n_rows'], 'second')}; where weights are shuffled, "
        f"also of seeds {', '.join(map(str, data['seeds']))}. Without signs it is never near 0: both hear the same "
        "sound, and where nothing stands out of its band, nothing can be relevant."
    )
    kinds = [
        (f"integrated gradients, {count(n_points, 'point')}", data["integrated"]),
        ("the same second, its window one step later", data["later_window"]),
        *((f"the last {row['layers']} of {data['n_layers']} layers shuffled", row) for row in data["shuffled"]),
    ]
    lines = [[words, figure(found["signed"]), figure(found["absolute"])] for words, found in kinds]
    return paragraphs(text, table(("", "rank correlation", "without signs"), lines))
