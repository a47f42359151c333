"""The model card (Mitchell et al., 2019), every figure of it from the contract and the folder of evidence.

What was not measured is said to be not measured. Prose on what no measurement knows (whose music it is, which licence)
comes from the story beside the evidence; a model of one's own genres has a card without one, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from training.card_ablation import ablation
from training.card_behaviour import calibration, confusion, known_failures, robustness, unsure
from training.card_explanation import explanations
from training.card_inputs import STORY, CardInputs
from training.card_model import (
    data,
    licence,
    reproduce,
    size_and_speed,
    split,
    what_it_is,
    what_it_is_for,
    what_it_is_not_for,
)
from training.card_results import in_short, results
from training.card_songs import whole_songs
from training.card_text import paragraphs, plain, wrapped
from training.errors import TrainingError

SECTIONS: Mapping[str, Callable[[CardInputs], str]] = {
    "In short": in_short,
    "What it is": what_it_is,
    "What it is for": what_it_is_for,
    "What it must not be used for": what_it_is_not_for,
    "Data": data,
    "Split": split,
    "Results": results,
    "What each choice brings": ablation,
    "Confusion": confusion,
    "Robustness": robustness,
    "Calibration": calibration,
    "Unsure": unsure,
    "Explanations": explanations,
    "Whole songs": whole_songs,
    "Known failures": known_failures,
    "Size and speed": size_and_speed,
    "Licence": licence,
    "How to make it again": reproduce,
}
CARD = "CARD.md"


def write_card(inputs: CardInputs) -> Path:
    """Write CARD.md into the model folder, in one step, and give its path. Raises TrainingError when that fails."""
    path = inputs.contract.folder / CARD
    _replace(path, render(inputs))
    return path


def render(inputs: CardInputs) -> str:
    """The card. Raises TrainingError for a story with a heading that the card does not have."""
    _check_story(inputs)
    contract = inputs.contract
    title = f"# {plain(contract.name)}: model card"
    origin = f"Version {contract.version}. Written by `python -m training card`; what is measured anew, it writes anew."
    sections = [
        f"## {heading}\n\n{paragraphs(inputs.story.get(heading, ''), wrapped(section(inputs)))}"
        for heading, section in SECTIONS.items()
    ]
    return "\n\n".join([title, wrapped(origin), *sections]) + "\n"


def _check_story(inputs: CardInputs) -> None:
    unknown = set(inputs.story) - set(SECTIONS) - {"Sealed test"}
    if unknown:
        raise TrainingError(
            f"{inputs.folder / STORY} tells of {', '.join(sorted(unknown))}, which the card has no section for: "
            f"headings are {', '.join(SECTIONS)} and Sealed test"
        )


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f".fresh-{path.name}")
    try:
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise TrainingError(f"{path} cannot be written: {error.strerror}") from error


FIGURES_BEGIN, FIGURES_END = (
    "<!-- figures: written by `python -m training card --readme` -->",
    "<!-- end of figures -->",
)


def write_into_readme(readme: Path, figures: str) -> None:
    """Put the figures between the file's two marks. Raises TrainingError when it does not have them."""
    try:
        text = readme.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise TrainingError(f"{readme} cannot be read: {error}") from error
    before, begin, rest = text.partition(FIGURES_BEGIN)
    _, end, after = rest.partition(FIGURES_END)
    if not begin or not end:
        raise TrainingError(f"{readme} must hold the lines {FIGURES_BEGIN} and {FIGURES_END}, in this order")
    _replace(readme, f"{before}{begin}\n\n{figures}\n\n{end}{after}")
