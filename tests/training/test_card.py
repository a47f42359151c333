"""training/card.py: a card holds what was measured, all of it, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support import REPOSITORY
from tests.training.card_evidence import write_all, write_model
from training.__main__ import main
from training.card import FIGURES_BEGIN, FIGURES_END, SECTIONS, render, write_card, write_into_readme
from training.card_inputs import STORY, CardInputs, read_inputs
from training.card_results import figures_for_readme, in_short
from training.errors import TrainingError
from training.split_words import RANDOM_LABEL

NOT_SHOWN = re.compile(  # what measuring commands keep for others than the card, by its place
    r"(results|ablation)/.*/(seeds/\d|second_ece/\d|train_songs|options/.*)"
    r"|ablation/.*/(epochs_run/\d|macro_f1/\d|parameters)"
    r"|evaluation/per_genre/.*/(f1|n)"
    r"|evaluation/reliability/(ece_by_chance|second_ece|verdicts/.*|seconds/.*)"
    r"|evaluation/reliability_cross_fitted/(seconds/.*|verdicts/0/confidence)"
    r"|songs/(medley/flicker|(formats|levels)/.*/n_seconds)"
    r"|speed/figures/2/.*"
)


@pytest.fixture
def inputs(tmp_path: Path) -> CardInputs:
    contract = write_model(tmp_path / "model")
    write_all(tmp_path / "evidence", contract)
    return read_inputs(tmp_path / "model", tmp_path / "evidence")


def figures_in(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of each number in nested lists and dicts: its keys."""
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from figures_in(value, (*path, key))
    elif isinstance(data, int | float) and not isinstance(data, bool):
        yield path


def with_another(data: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    """A copy with another number in one place."""
    changed = deepcopy(data)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] += 0.39 if 0 < inner[path[-1]] < 1 else 2
    return changed


@pytest.mark.parametrize(
    "name",
    ["evaluation", "results", "ablation", "robustness", "abstention", "explanation", "songs", "speed", "sealed"],
)
def test_every_figure_of_the_evidence_is_in_the_card(name: str, inputs: CardInputs) -> None:
    card, data = render(inputs), dict(inputs.evidence[name])
    figures = {"/".join([name, *map(str, path)]): path for path in figures_in(data)}
    unseen = [
        place
        for place, path in figures.items()
        if render(replace(inputs, evidence={**inputs.evidence, name: with_another(data, path)})) == card
    ]
    assert [place for place in unseen if not NOT_SHOWN.fullmatch(place)] == []


def test_no_figure_of_the_card_comes_from_elsewhere(inputs: CardInputs, tmp_path: Path) -> None:
    write_all(tmp_path / "other", inputs.contract, first=1)
    other = render(read_inputs(inputs.contract.folder, tmp_path / "other"))
    three_places = r"\b\d+\.\d{3}\b"
    assert len(re.findall(three_places, other)) > 60
    assert set(re.findall(three_places, render(inputs))) & set(re.findall(three_places, other)) <= {"0.500"}


def test_figures_of_the_contract_and_the_files_are_in_the_card(inputs: CardInputs) -> None:
    card = render(inputs)
    assert {"54,321 parameters", "31 songs", "fedcba", "1.00 MB", "4.00 MB", "3 kB"} <= set(
        re.findall(r"54,321 parameters|31 songs|fedcba|\d\.\d\d MB|\d kB", card)
    )


def test_a_card_without_evidence_says_what_was_not_measured_and_what_measures_it(tmp_path: Path) -> None:
    write_model(tmp_path / "model")
    card = render(read_inputs(tmp_path / "model", tmp_path / "nothing"))
    assert [line[3:] for line in card.splitlines() if line.startswith("## ")] == list(SECTIONS)
    assert card.count("has not been measured") == 11
    for command in ("evaluate", "results", "robustness", "abstain", "faithful"):
        assert f"python -m training {command} " in card
    assert "python -m tests.listening" in card
    assert "python -m tests.bench" in card


@pytest.mark.parametrize("name", ["robustness", "speed"])
def test_evidence_of_another_version_is_called_so(name: str, inputs: CardInputs) -> None:
    assert "not on this one" not in render(inputs)
    old = {**inputs.evidence[name], "model": {"name": "toy", "version": "2025.1.1+old"}}
    card = render(replace(inputs, evidence={**inputs.evidence, name: old}))
    assert "**Measured on version 2025.1.1+old, not on this one.**" in card


@pytest.mark.parametrize(("name", "songs"), [("sealed", "sealed test songs"), ("evaluation", "valid part (toy)")])
@pytest.mark.parametrize("figures", [figures_for_readme, in_short])
def test_a_row_of_another_version_says_so_in_card_and_readme(
    figures: Callable[[CardInputs], str], name: str, songs: str, inputs: CardInputs
) -> None:
    assert "not on this one" not in figures(inputs)
    old = {**inputs.evidence[name], "model": {"name": "toy", "version": "2025.1.1+old"}}
    text = figures(replace(inputs, evidence={**inputs.evidence, name: old}))
    assert text.count("not on this one") == 1
    assert f"{songs} - **Measured on version 2025.1.1+old, not on this one.** |" in text


def test_the_story_stands_in_front_of_a_sections_figures(inputs: CardInputs) -> None:
    (inputs.folder / STORY).write_text("## Data\n\nSongs of *ours*.\n\n## Licence\n\nCC0.\n", encoding="utf-8")
    card = render(read_inputs(inputs.contract.folder, inputs.folder))
    assert "## Data\n\nSongs of *ours*.\n\nTrained on 31 songs" in card
    assert "## Licence\n\nCC0.\n\nThe code is under" in card


def test_the_sealed_figure_or_what_is_told_of_it(inputs: CardInputs) -> None:
    inputs = replace(inputs, story={"Sealed test": "Measured apart."})
    assert "Measured apart." not in render(inputs)
    unmeasured = {name: data for name, data in inputs.evidence.items() if name != "sealed"}
    assert "Measured apart." in render(replace(inputs, evidence=unmeasured))


def test_a_story_of_no_section_is_refused(inputs: CardInputs) -> None:
    with pytest.raises(TrainingError, match="tells of Dota, which the card has no section for"):
        render(replace(inputs, story={"Dota": ""}))


def test_names_are_no_markup(inputs: CardInputs) -> None:
    assert r"Right\|Song.mp3" in render(inputs)


def test_damaged_evidence_is_refused(inputs: CardInputs) -> None:
    (inputs.folder / "robustness.json").write_text("{")
    with pytest.raises(TrainingError, match=r"robustness\.json cannot be read"):
        read_inputs(inputs.contract.folder, inputs.folder)


def test_the_card_lies_in_the_model_folder_and_links_to_the_evidence(inputs: CardInputs) -> None:
    (inputs.folder / "reliability.png").write_bytes(b"")
    path = write_card(inputs)
    assert path == inputs.contract.folder / "CARD.md"
    assert "(../evidence/reliability.png)" in path.read_text(encoding="utf-8")
    assert (path.parent / "../evidence/reliability.png").is_file()


def test_the_readme_gets_the_figures_between_its_marks(inputs: CardInputs, tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{FIGURES_BEGIN}\nof yore\n{FIGURES_END}\nafter\n", encoding="utf-8")
    for _ in range(2):
        write_into_readme(readme, figures_for_readme(inputs))
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{FIGURES_BEGIN}\n\n|")
    assert text.endswith(f"\n\n{FIGURES_END}\nafter\n")
    assert "of yore" not in text
    assert text.count(RANDOM_LABEL) == 1


@pytest.mark.parametrize("text", ["no marks", f"{FIGURES_END} {FIGURES_BEGIN}"])
def test_a_readme_without_marks_stays_as_it_is(text: str, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(text)
    with pytest.raises(TrainingError, match="must hold the lines"):
        write_into_readme(tmp_path / "README.md", "figures")
    assert (tmp_path / "README.md").read_text() == text


def test_the_command_writes_the_card_and_prints_the_figures(
    inputs: CardInputs, capsys: pytest.CaptureFixture[str]
) -> None:
    model = inputs.contract.folder
    assert main(["card", "--model", str(model), "--evidence", str(inputs.folder)]) == 0
    assert (model / "CARD.md").read_text(encoding="utf-8") == render(inputs)
    assert capsys.readouterr().out == f"{figures_for_readme(inputs)}\n"
    assert main(["card", "--model", str(model), "--evidence", str(inputs.folder), "--readme", str(model / "no")]) == 1


def test_the_shipped_story_leaves_figures_to_the_measurements() -> None:
    """Counts and years are told; shares, which are measured, are not."""
    story = (REPOSITORY / "docs/evidence" / STORY).read_text(encoding="utf-8")
    assert re.findall(r"\b0\.\d+|\d ?%", story) == []


def test_the_shipped_story_fits_the_card() -> None:
    card = render(read_inputs(REPOSITORY / "model", REPOSITORY / "docs/evidence"))
    assert "GTZAN's fault-filtered split" in card
