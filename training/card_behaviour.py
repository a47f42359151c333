"""The card's sections on how the network behaves: confusion, robustness, calibration, "unsure", known failures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from training.card_inputs import CardInputs, not_measured, of_this_model
from training.card_text import count, figure, interval, paragraphs, percent, plain, table

EVALUATE = "python -m training evaluate --model MODEL --out EVIDENCE"
N_FAILURES = 6
SURE = 0.8  # an edge of the fifteen bins of confidence, and what a visitor would call sure


def confusion(inputs: CardInputs) -> str:
    """Songs by genre (rows) and verdict (columns), with recall and precision."""
    if "evaluation" not in inputs.evidence:
        return not_measured("Which genres it takes for which", EVALUATE)
    data = inputs.evidence["evaluation"]
    genres, matrix, scores = data["genres"], data["confusion"], data["per_genre"]
    names = [plain(genre) for genre in genres]
    lines = [
        [
            f"**{name}**",
            *(f"**{n}**" if row == column else str(n or "") for column, n in enumerate(matrix[row])),
            percent(scores[genre]["recall"] if any(matrix[row]) else None),
        ]
        for row, (name, genre) in enumerate(zip(names, genres, strict=True))
    ]
    given = [sum(column) for column in zip(*matrix, strict=True)]
    precision = [percent(scores[genre]["precision"] if n else None) for genre, n in zip(genres, given, strict=True)]
    lines.append(["*of its verdicts right*", *precision, ""])
    text = (
        f"Rows are genres, columns verdicts, of {plain(str(data['songs']))}. “found” is recall, “of its verdicts "
        "right” precision."
    )
    return paragraphs(of_this_model(inputs, "evaluation"), text, table(("", *names, "found"), lines))


def robustness(inputs: CardInputs) -> str:
    """Accuracy and changes under each perturbation."""
    if "robustness" not in inputs.evidence:
        command = "python -m training robustness AUDIO_FOLDER --model MODEL --evidence EVIDENCE"
        return not_measured("Whether it hears the same when the sound was filtered, coded or made louder", command)
    data = inputs.evidence["robustness"]
    header = ("", "songs right", "95 % interval", "seconds right", "seconds with another genre", "other verdicts")
    lines = [_robustness_line({"name": "as they are", **data["clean"]})]
    lines += [_robustness_line(variant) for variant in data["variants"]]
    text = (
        f"{count(data['n_clips'], 'song')}, as many as were at hand as audio of: {plain(str(data['songs']))}. They "
        "are heard as they are and perturbed: what is to be compared are the rows with one another. Seconds with "
        "another genre are those whose most probable genre is not that of the same second of the song as it is, other "
        "verdicts the share of songs."
    )
    return paragraphs(of_this_model(inputs, "robustness"), text, table(header, lines))


def _robustness_line(row: Mapping[str, Any]) -> list[str]:
    return [
        plain(f"{row['name']}, {row['how']}" if "how" in row else row["name"]),
        figure(row["clip_accuracy"]),
        interval(row["clip_accuracy_ci95"]),
        figure(row["second_accuracy"]),
        percent(row["seconds_changed"]) if "seconds_changed" in row else "",
        percent(row["verdicts_changed"]) if "verdicts_changed" in row else "",
    ]


def calibration(inputs: CardInputs) -> str:
    """Whether confidence means what it says."""
    if "evaluation" not in inputs.evidence:
        return not_measured("Whether its confidence means what it says", EVALUATE)
    data = inputs.evidence["evaluation"]
    found = data["reliability_cross_fitted"] or data["reliability"]
    text = (
        "Two temperatures, one for seconds and one for verdicts, were fitted so that 70 % means right seven times in "
        "ten. How far that is missed, the calibration error (ECE, fifteen bins of confidence), is "
        f"**{figure(found['ece'])}** for verdicts and **{figure(found['second_ece'])}** for seconds. So few verdicts "
        f"would show {figure(found['ece_by_chance'])} on average even if every confidence meant exactly what it says."
    )
    picture = inputs.link_to("reliability.png")
    diagram = f"![Share of right verdicts and seconds over their confidence]({picture})" if picture else ""
    how = _with_shipped_temperatures(data) if data["reliability_cross_fitted"] else ""
    sure = _sure_verdicts(data["n_clips"], found["verdicts"])
    return paragraphs(of_this_model(inputs, "evaluation"), text, how, sure, diagram, *_of_short_songs(data))


def _of_short_songs(data: Mapping[str, Any]) -> list[str]:
    """A table of the same songs cut shorter, where that was measured."""
    if "by_length" not in data:
        return []
    text = (
        "A short song says less. Cut to their middles, as if each were a song of that length, the same songs' verdicts "
        "are less often right, and claim less. Beside it stands what they would claim at the temperature of whole "
        "songs alone, and how much both surprise, in nats: the mean of −ln of the probability of the song's genre. "
        "Where temperatures were fitted on these very songs, so was what makes the verdicts of short ones less sure."
    )
    header = ("middle alone", "songs", "right", "confidence", "unflattened", "surprise", "unflattened", "unsure")
    shares = ("accuracy", "confidence", "confidence_of_whole", "surprise", "surprise_of_whole")
    lines = [
        [
            f"{each['length_s']} s",
            str(each["n_songs"]),
            *(figure(each[share]) for share in shares),
            percent(each["unsure"]),
        ]
        for each in data["by_length"]
    ]
    return [text, table(header, lines)]


def _with_shipped_temperatures(data: Mapping[str, Any]) -> str:
    return (
        "Each fifth of these songs was judged at temperatures fitted on the other four; with the shipped temperatures, "
        f"fitted on these very songs, the error of verdicts is {figure(data['reliability']['ece'])}."
    )


def _sure_verdicts(n_verdicts: int, bins: Sequence[Mapping[str, Any]]) -> str:
    sure = [each for each in bins if each["confidence"] >= SURE]
    n_sure = sum(each["n"] for each in sure)
    if not n_sure:
        return ""
    right = sum(each["accuracy"] * each["n"] for each in sure) / n_sure
    return (
        f"Of {count(n_verdicts, 'verdict')}, {n_sure} came with a confidence of {percent(SURE)} or more, "
        f"and {percent(right)} of those were right."
    )


def unsure(inputs: CardInputs) -> str:
    """When it names no genre: on taught music (false alarms) and on all else (misses)."""
    if "abstention" not in inputs.evidence:
        command = "python -m training abstain --model MODEL --others OTHERS --evidence EVIDENCE"
        return not_measured("How often it says “unsure” where it should and where it should not", command)
    data = inputs.evidence["abstention"]
    taught = data["taught"]
    rule = (
        f"A second is “unsure” when no genre reaches a probability of {figure(data['unsure_below'])}, a verdict when "
        f"its confidence is below {figure(data['verdict_unsure_below'])}. False alarms, on "
        f"{count(taught['n_songs'], 'song')} of taught genres ({plain(data['songs'])}):"
    )
    header = ("", "unsure", "unsure of those that would be right", "right", "right of those that are not unsure")
    alarms = table(header, [_false_alarms(taught, what) for what in ("second", "verdict")])
    misses = (
        f"Misses: sounds that are no music of a taught genre ({plain(data['others_are'])}), and are given one all the "
        "same. AUROC is how often a second of taught music has a higher top probability than one of these, whatever "
        "the threshold: 0.5 is chance. The 95 % intervals, in brackets, are bootstraps over folders of recordings, for "
        "those of one have the same speaker, maker or instrument. Recordings shorter than the network's window are "
        "repeated to fill it; where a kind has longer ones, too, they have rows of their own."
    )
    columns = ("", "recordings", "folders", "seconds given a genre", "verdicts given a genre", "AUROC of seconds")
    missed = table(columns, [_misses(row) for row in data["others"]])
    return paragraphs(of_this_model(inputs, "abstention"), rule, alarms, misses, missed)


def _false_alarms(taught: Mapping[str, Any], what: str) -> list[str]:
    shares = (f"{what}s_unsure", f"right_{what}s_unsure", f"{what}_accuracy", f"{what}_accuracy_named")
    return [f"{what}s", *(percent(taught[share]) for share in shares)]


def _misses(row: Mapping[str, Any]) -> list[str]:
    shares = [_share_of_sources(row[share], row[f"{share}_ci95"]) for share in ("seconds_named", "verdicts_named")]
    return [plain(row["kind"]), str(row["n_songs"]), str(row["n_sources"]), *shares, figure(row["seconds_auroc"])]


def _share_of_sources(share: float, bounds: Sequence[float] | None) -> str:
    return f"{percent(share)} ({percent(bounds[0])} to {percent(bounds[1])})" if bounds else percent(share)


def known_failures(inputs: CardInputs) -> str:
    """What the measurements show to go wrong."""
    lines = [*_worst_pairs(inputs), *map(_missed_song, _missed_songs(inputs))]
    if not lines and "evaluation" not in inputs.evidence:
        return not_measured("What it gets wrong", EVALUATE)
    lead = "From the tables above, the commonest confusions and the songs of known genre that are missed:"
    return paragraphs(lead if lines else "", "\n".join(f"- {line}" for line in lines))


def _worst_pairs(inputs: CardInputs) -> list[str]:
    """The largest shares of a genre's songs that are taken for one other genre; a single song is no pattern."""
    if "evaluation" not in inputs.evidence:
        return []
    data = inputs.evidence["evaluation"]
    genres, matrix = data["genres"], data["confusion"]
    pairs = [
        (n / sum(matrix[row]), n, row, column)
        for row in range(len(genres))
        for column, n in enumerate(matrix[row])
        if row != column and n > 1
    ]
    worst: Sequence[tuple[float, int, int, int]] = sorted(pairs, reverse=True)[:N_FAILURES]
    return [
        f"Of {sum(matrix[row])} songs of {plain(genres[row])}, {n} are taken for {plain(genres[column])} "
        f"({percent(share)})."
        for share, n, row, column in worst
    ]


def _missed_songs(inputs: CardInputs) -> list[Mapping[str, Any]]:
    songs = inputs.evidence.get("songs", {}).get("songs", [])
    return [song for song in songs if song["expected"] and song["verdict"] != song["expected"]]


def _missed_song(song: Mapping[str, Any]) -> str:
    sureness = "“unsure”, with" if song["unsure"] else "named"
    return (
        f"The song {plain(song['song'])}, {plain(song['expected'])} to us, is {sureness} {plain(song['verdict'])} "
        f"({percent(song['confidence'])})."
    )
