"""The card's section on whole songs, heard by the page itself: verdicts, steadiness, changes, formats, levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from training.card_inputs import CardInputs, not_measured, of_this_model
from training.card_text import count, figure, paragraphs, percent, plain, table

Entry = Mapping[str, Any]


def whole_songs(inputs: CardInputs) -> str:
    """Every song, the medley's changes, and what formats and levels change."""
    if "songs" not in inputs.evidence:
        command = "python -m tests.listening SONGS_FOLDER --evidence EVIDENCE"
        return paragraphs(not_measured("How it hears whole songs on the page", command), _joints(inputs))
    data = inputs.evidence["songs"]
    return paragraphs(
        of_this_model(inputs, "songs"),
        _in_words(data),
        _song_table(data["songs"]),
        _medley(data["medley"]),
        _joints(inputs),
        _variants([*data["formats"], *data["levels"]]),
    )


def _in_words(data: Entry) -> str:
    known = data["verdicts"]
    text = (
        f"{count(len(data['songs']), 'song')} through the page in a real browser. Flicker is the share of neighbouring "
        f"seconds with different genres: **{percent(data['flicker'])}** on average, {percent(data['flicker_sure'])} "
        "between seconds that are not unsure."
    )
    if known["n"]:
        text += (
            f" Of {count(known['n'], 'song')} whose genre can be named, {_how_many(known['n'], known['accuracy'])} are "
            f"given it; of the {known['n_sure']} that are not “unsure”, "
            f"{_how_many(known['n_sure'], known['accuracy_sure'])}."
        )
    if data["failed"]:
        text += f" Not heard: {'; '.join(plain(each['song']) + ', ' + plain(each['error']) for each in data['failed'])}"
    return text


def _how_many(n: int, share: float | None) -> str:
    """A share of few is their number first."""
    return "none" if share is None else f"{round(n * share)} ({percent(share)})"


def _song_table(songs: Sequence[Entry]) -> str:
    header = ("song", "length", "genre to us", "verdict", "confidence", "flicker", "seconds unsure")
    return table(header, [_song_line(song) for song in songs])


def _song_line(song: Entry) -> list[str]:
    minutes, seconds = divmod(round(song["duration_s"]), 60)
    verdict = plain(song["verdict"])
    return [
        plain(song["song"]),
        f"{minutes}:{seconds:02}",
        plain(song["expected"] or song.get("note") or "–"),
        f"unsure ({verdict})" if song["unsure"] else verdict,
        figure(song["confidence"]),
        percent(song["flicker"]),
        percent(song["seconds_unsure"]),
    ]


def _medley(medley: Entry) -> str:
    """Nothing of one that was not heard: that is said above."""
    if "error" in medley:
        return ""
    text = (
        f"How quickly the chart follows, in a medley of {count(len(medley['changes']), 'known change')}: "
        f"{medley['n_findable']} of them are between parts that are heard as two genres, and of these "
        f"{medley['n_within_goal']} show within {medley['goal_s']:g} s. A part is “heard as” the genre of most of its "
        f"seconds; {medley['n_heard_as_composed']} of {count(medley['n_parts'], 'part')} are heard as what they were "
        "composed as."
    )
    header = ("change at", "composed as", "heard as", "shown after")
    return paragraphs(text, table(header, [_change_line(change) for change in medley["changes"]]))


def _change_line(change: Entry) -> list[str]:
    if not change["is_findable"]:
        after = "nothing to show"
    elif change["found_after_s"] is None:
        after = "never"
    else:
        after = f"{change['found_after_s']:.1f} s"
    return [f"{change['at_s']:.1f} s", plain(change["composed"]), plain(change["to"]), after]


def _joints(inputs: CardInputs) -> str:
    """How soon changes between real songs show; nothing where that was not measured."""
    if "changes" not in inputs.evidence:
        return ""
    data = inputs.evidence["changes"]
    right, goal = data["seconds_right"], f"{data['goal_s']:g} s"
    text = (
        f"And in real music: the first half of one song joined to the second half of one of another genre, "
        f"{count(data['n_joints'], 'time')}, of {plain(str(data['songs']))}. Of the seconds in the {goal} before the "
        f"change {percent(right['before'])} are right, in the {goal} after it {percent(right['after'])}, further away "
        f"{percent(right['further_away'])}."
    )
    if data["n_findable"]:
        median = data["found_after_s_median"]
        text += (
            f" Where the two halves are heard as two genres, right or not, {percent(data['found_within_goal'])} of "
            f"{count(data['n_findable'], 'change')} show within {goal}, half of them "
            f"{_soon(median)}."
        )
    return paragraphs(of_this_model(inputs, "changes"), text)


def _soon(median_s: float | None) -> str:
    if median_s is None:
        return "never"
    return f"within {median_s:.1f} s" if median_s >= 0.05 else "at once"


def _variants(variants: Sequence[Entry]) -> str:
    header = ("the same song as", "songs", "seconds with another genre", "other verdicts")
    lines = [
        [plain(each["name"]), str(each["n_songs"]), percent(each["seconds_changed"]), str(each["verdicts_changed"])]
        for each in variants
        if each["n_songs"]
    ]
    return table(header, lines) if lines else ""
