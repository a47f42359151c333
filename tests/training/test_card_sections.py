"""The card's sections: what they say of evidence that stands out in one way or another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.training.card_evidence import write_all, write_model
from training.card_behaviour import calibration, confusion, known_failures, robustness
from training.card_inputs import CardInputs, read_inputs
from training.card_model import data, licence, reproduce, size_and_speed
from training.card_results import figures_for_readme, in_short, results
from training.card_songs import whole_songs
from training.split_words import RANDOM_LABEL


@pytest.fixture
def inputs(tmp_path: Path) -> CardInputs:
    contract = write_model(tmp_path / "model")
    write_all(tmp_path / "evidence", contract)
    return read_inputs(tmp_path / "model", tmp_path / "evidence")


def with_evidence(inputs: CardInputs, name: str, **changes: Any) -> CardInputs:
    return replace(inputs, evidence={**inputs.evidence, name: {**inputs.evidence[name], **changes}})


def test_a_random_split_comes_last_and_is_called_what_it_is(inputs: CardInputs) -> None:
    rows = list(reversed(inputs.rows("results")))
    text = results(with_evidence(inputs, "results", rows=rows))
    assert text.index("split: toy lists") < text.index("split: random 70/15/15, seed 4")
    own, by_chance = text.split("**20 test songs")
    assert "inflated" not in own
    assert "inflated" in by_chance


def test_own_genres_are_made_again_by_make_own(inputs: CardInputs) -> None:
    assert "make train DATA=FOLDER INIT=mn04_as_mAP_432.pt\n" in reproduce(inputs)
    inputs.training["split"] = "fold 1 of 5, by recording"
    inputs.training["options"] |= {"init": "model", "epochs": 0}
    text = reproduce(inputs)
    assert "make own DATA=FOLDER INIT=model EPOCHS=0\n" in text
    assert "under a new last layer" in text


def test_cross_validation_stands_beside_what_is_shipped_with_its_warnings(inputs: CardInputs) -> None:
    figures = {**inputs.evidence["evaluation"], "songs": "5-fold cross-validation", "clip_accuracy": 0.4321}
    figures.pop("model")
    beside = replace(inputs, evidence={**inputs.evidence, "cross_validation": {**figures, "warnings": ["few", "wide"]}})
    text = in_short(beside)
    assert "| 5-fold cross-validation |" in text
    assert "**0.432**" in text
    assert "**Beware: few; wide.**" in text
    alone = replace(inputs, evidence={"cross_validation": {**figures, "warnings": []}})
    assert "**0.432**" in in_short(alone)
    assert "Beware" not in in_short(alone)


def test_songs_that_recipes_were_chosen_on_are_called_so(inputs: CardInputs) -> None:
    chosen, unseen = results(inputs).split("**20 test songs")
    assert "Recipes were chosen on these songs" in chosen
    assert "Recipes were chosen on these songs" not in unseen


def test_rows_say_their_songs_seeds_and_epochs_if_they_have_some(inputs: CardInputs) -> None:
    row = inputs.rows("results")[0]
    mean = {**row, "name": "mean", "seeds": [0], "epochs_run": [1], "options": {"epochs": 9, "averaged": ["a", "b"]}}
    linear = {**row, "name": "linear", "seeds": [0], "epochs_run": [1], "options": {"model": "linear"}}
    lines = results(with_evidence(inputs, "results", rows=[row, mean, linear])).splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line[:1] == "|"]
    columns = [cells[0].index(title) for title in ("songs", "seeds", "epochs")]
    assert [[line[at] for at in columns] for line in cells[-3:]] == [
        ["20", "2", "9"], ["20", "2 in one", "9"], ["20", "1", "–"],
    ]  # fmt: skip


def test_a_random_split_is_called_what_it_is_wherever_its_figures_stand(inputs: CardInputs) -> None:
    row = next(line for line in figures_for_readme(inputs).splitlines() if "by chance, 2 seeds" in line)
    assert f"random 70/15/15, seed 4; {RANDOM_LABEL}" in row
    assert "split at random" not in in_short(inputs)
    inputs.training["split"] = "random, shares [0.7, 0.15, 0.15], seed 0"
    assert "split at random: such splits" in in_short(inputs)


def test_the_recipe_of_this_network_is_marked(inputs: CardInputs) -> None:
    assert "**mine** (this network: seed 1)" in results(inputs)
    rows = [{**row, "options": {"model": "cnn"}} for row in inputs.rows("results")]
    assert "this network" not in results(with_evidence(inputs, "results", rows=rows))


def test_a_sealed_figure_may_be_an_accuracy_alone(inputs: CardInputs) -> None:
    short = in_short(replace(inputs, evidence={"sealed": {"clip_accuracy": 0.8412}}))
    assert "| test songs, measured apart | – | **0.841** | – | – | – | – |" in short


def test_songs_cut_shorter_are_told_where_they_were_measured(inputs: CardInputs) -> None:
    (found,) = inputs.evidence["evaluation"]["by_length"]
    row = f"| 2 s | 20 | {found['accuracy']:.3f} | {found['confidence']:.3f} | {found['confidence_of_whole']:.3f} |"
    assert row in calibration(inputs)
    data = {key: value for key, value in inputs.evidence["evaluation"].items() if key != "by_length"}
    older = replace(inputs, evidence={**inputs.evidence, "evaluation": data})
    assert "middle alone" not in calibration(older)


def test_the_stated_calibration_is_the_one_of_other_songs(inputs: CardInputs) -> None:
    data = inputs.evidence["evaluation"]
    assert f"**{data['reliability_cross_fitted']['ece']:.3f}** for verdicts" in calibration(inputs)
    unseen = calibration(with_evidence(inputs, "evaluation", reliability_cross_fitted=None))
    assert f"**{data['reliability']['ece']:.3f}** for verdicts" in unseen
    assert "other four" not in unseen


def test_a_genre_without_songs_has_no_share(inputs: CardInputs) -> None:
    table = confusion(with_evidence(inputs, "evaluation", confusion=[[10, 0, 0], [0, 10, 0], [0, 0, 0]]))
    assert "| **whistle** |  |  | **0** | – |" in table


def test_sections_say_what_their_figures_are_of(inputs: CardInputs) -> None:
    assert "20 songs, as many as were at hand as audio of: valid part (toy)." in robustness(inputs)
    assert "“found” is recall, “of its verdicts right” precision" in confusion(inputs)
    assert known_failures(inputs).startswith("From the tables above, the commonest confusions")
    faultless = with_evidence(inputs, "evaluation", confusion=[[10, 0, 0], [0, 10, 0], [0, 0, 10]])
    assert known_failures(replace(faultless, evidence={"evaluation": faultless.evidence["evaluation"]})) == ""
    assert "A longest task of 0 is one of less than 50 ms" in size_and_speed(inputs)
    assert "Measured by `make bench`, 2026-01-02, on 2 cores of Toy CPU" in size_and_speed(inputs)
    unsure = (
        "fitted on 20 validation songs, when to be unsure on the same songs and, of none of the genres, 7 of noise."
    )
    assert unsure in data(inputs)


def test_shares_of_a_handful_of_songs_are_numbers_first(inputs: CardInputs) -> None:
    verdicts = {"n": 5, "accuracy": 0.8, "n_sure": 0, "accuracy_sure": None}
    text = whole_songs(with_evidence(inputs, "songs", verdicts=verdicts))
    assert "Of 5 songs whose genre can be named, 4 (80\N{NO-BREAK SPACE}%) are given it; of the 0 that" in text
    assert "that are not “unsure”, none." in text


def test_failures_are_the_largest_shares_of_a_genre(inputs: CardInputs) -> None:
    confused = [[90, 9, 1], [4, 6, 0], [0, 0, 10]]
    text = known_failures(with_evidence(inputs, "evaluation", confusion=confused))
    assert [line for line in text.splitlines() if "are taken for" in line] == [
        "- Of 10 songs of hum, 4 are taken for drone (40\N{NO-BREAK SPACE}%).",
        "- Of 100 songs of drone, 9 are taken for hum (9.0\N{NO-BREAK SPACE}%).",
    ]
    assert "- The song Wrong Song.mp3, hum to us, is named drone" in text


def test_changes_that_were_not_found_or_could_not_be_are_told_apart(inputs: CardInputs) -> None:
    text = whole_songs(inputs)
    assert "| 20.0 s | drone | drone | never |" in text
    assert "| 30.0 s | drone | drone | nothing to show |" in text


def test_songs_that_failed_are_named(inputs: CardInputs) -> None:
    failed = [{"song": "broken.mp3", "error": "The file is not there."}]
    medley = {"song": "Medley", "error": "The file is not there.", "changes": []}
    text = whole_songs(with_evidence(inputs, "songs", failed=failed, medley=medley))
    assert "Not heard: broken.mp3, The file is not there." in text
    assert "How quickly" not in text


def test_sizes_are_those_of_the_files(inputs: CardInputs) -> None:
    text = size_and_speed(inputs)
    assert "| the page's network | 1.00 MB |" in text
    assert "| the server's network | 3 kB |" in text
    assert "| the network to train on from | 4.00 MB |" in text


def test_a_network_from_scratch_owes_nobody_a_licence(tmp_path: Path) -> None:
    options = {"init": "scratch", "model": "cnn", "seed": 0}
    write_model(tmp_path, options=options)
    inputs = read_inputs(tmp_path, tmp_path)
    assert "trained from random ones" in licence(inputs)
    assert "make train DATA=FOLDER INIT=scratch" in reproduce(inputs)
    assert "make train" not in reproduce(replace(inputs, story={"How to make it again": "Told."}))
