"""static/own-model/read-model.js: a model's folder that does not fit its contract, or is not whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.page.browser import Page
from tests.page.models import contract_of, write_contract
from tests.page.own_models import GENRES, IN_USE, bring, refused
from tests.support import SONGS

SONG = SONGS / "metal.mp3"


@pytest.fixture
def copy(toy: Path, tmp_path: Path) -> Path:
    """A copy of the model folder to be spoilt."""
    return Path(shutil.copytree(toy, tmp_path / "my model"))


def change(folder: Path, path: str, value: Any) -> None:
    contract = contract_of(folder)
    *parents, last = path.split(".")
    part = contract
    for parent in parents:
        part = part[parent]
    part[last] = value
    write_contract(folder, contract)


def lose(pattern: str) -> Callable[[Path], None]:
    return lambda folder: next(folder.rglob(pattern)).unlink()


def cut(pattern: str, to: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        file = next(folder.rglob(pattern))
        file.write_bytes(to(file.read_bytes()))

    return spoil


def many_genres(folder: Path) -> None:
    change(folder, "genres", [f"genre {i}" for i in range(101)])


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lose("contract.json"), "my model: This folder holds no model: it lacks contract.json. Drop the whole"),
        (lose("mel_filters.f32"), "The model lacks export-"),
        (lose("model.json"), "/browser/model.json. Copy the whole folder once more"),
        (lose("*.bin"), "/browser/group1-shard1of1.bin. Copy"),
        (
            cut("*.bin", lambda content: content[:-1]),
            ".bin is not the file that was exported: it was changed or cut off",
        ),
        (
            cut("*.bin", lambda content: content[:-1] + bytes([content[-1] ^ 1])),
            ".bin is not the file that was exported",
        ),
        (cut("contract.json", lambda content: content[:500]), "cannot use this model. (contract.json is not JSON)"),
        (
            lambda f: change(f, "format", 2),
            "made for another version of this page (its format is 2, this page reads 1)",
        ),
        (lambda f: change(f, "rows", None), "cannot use this model. (contract.json: rows.step_s is undefined"),
        (lambda f: change(f, "genres", GENRES[:2]), "it gives 1 × 32 × 3 numbers, the contract says 1 × 32 × 2"),
        (
            lambda f: change(f, "signal_chain.n_mels", 64),
            "it takes 1 × 128 × 128 numbers, the contract says 1 × 128 × 64",
        ),
        (many_genres, "This model has 101 genres; the chart has room for 100."),
    ],
    ids=lambda value: None if callable(value) else str(value)[:40],
)
def test_a_folder_that_does_not_fit(visited_page: Page, copy: Path, spoil: Callable[[Path], None], words: str) -> None:
    spoil(copy)
    told = refused(visited_page, copy)
    assert words in told
    assert told.endswith("The model in use stays.")
    assert visited_page.text("#own-model-words") == ""
    assert visited_page.state == "idle"


def test_a_filter_matrix_of_another_shape_is_noticed(visited_page: Page, copy: Path) -> None:
    change(copy, "signal_chain.n_fft", 4096)
    assert "This model does not run in this browser. (" in refused(visited_page, copy)


def test_a_refused_model_leaves_the_one_in_use_and_the_song(page: Page, toy: Path, copy: Path) -> None:
    bring(page, toy)
    before = page.analyse(SONG)
    change(copy, "format", 9)
    assert "its format is 9" in refused(page, copy)
    assert page.text("#own-model-words") == IN_USE
    assert (page.state, page.text("#title")) == ("done", "metal")
    assert page.analyse(SONG)["probabilities"] == before["probabilities"]
    assert page.text("#own-model-alert") == ""
