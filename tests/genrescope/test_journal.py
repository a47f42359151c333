"""genrescope/journal.py: nothing that was written is lost, and nothing else is believed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genrescope.errors import CommandError, SourceError
from genrescope.folder import Song
from genrescope.journal import Journal
from model.contract import load_contract
from model.song_stream import Analysis
from tests.support import REPOSITORY

BROKEN = SourceError("broken_audio", "This audio file is damaged.")


def song(name: str, fingerprint: str = "1-2") -> Song:
    return Song(name, Path("music") / name, fingerprint)


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    contract = load_contract(REPOSITORY / "model")
    n = len(contract.genres)
    return Analysis(contract, 2.5, np.full((3, n), 1 / n), np.full((3, n), 1 / n), 1.0)


def test_what_was_added_is_known_next_time(tmp_path: Path, analysis: Analysis) -> None:
    path, odd = tmp_path / "deep" / "journal", song(os.fsdecode(b"caf\xe9\n\xf0\x9f\x8e\xb8.mp3"))
    with Journal(path, "model 1") as journal:
        journal.add(odd, analysis, with_rows=False)
        journal.add(song("b"), BROKEN, with_rows=False)
    with Journal(path, "model 1") as journal:
        assert journal.knows(odd, with_rows=False)
        assert not journal.knows(odd, with_rows=True)
        assert journal.knows(song("b"), with_rows=True)
        assert journal.record(odd)["verdict"] == analysis.to_json()["verdict"]
        assert journal.record(odd)["path"] == odd.name
        assert journal.record(song("b"))["detail"] == str(BROKEN)


def test_a_changed_song_another_model_and_what_may_pass_are_heard_again(tmp_path: Path, analysis: Analysis) -> None:
    with Journal(tmp_path / "j", "model 1") as journal:
        journal.add(song("a"), analysis, with_rows=False)
        journal.add(song("slow"), SourceError("decode_timeout", "Too slow."), with_rows=False)
        assert not journal.knows(song("a", "other"), with_rows=False)
        assert not journal.knows(song("slow"), with_rows=False)
        changed = song("a", "3-4")
        journal.move(song("a"), changed)
        assert journal.knows(changed, with_rows=False)
    with Journal(tmp_path / "j", "model 2") as journal:
        assert not journal.knows(changed, with_rows=False)
    with Journal(tmp_path / "j", "model 1") as journal:
        assert journal.knows(changed, with_rows=False)


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: whole[:-20],
        lambda whole: whole + b'{"path": "torn',
        lambda whole: whole + b"\0" * 4096,
        lambda whole: b'nonsense\n{"path": "c"}\n[]\n' + whole,
    ],
)
def test_a_torn_or_foreign_line_costs_itself_only(
    tmp_path: Path, analysis: Analysis, damage: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "j"
    with Journal(path, "m") as journal:
        for name in "ab":
            journal.add(song(name), analysis, with_rows=True)
    path.write_bytes(damage(path.read_bytes()))
    with Journal(path, "m") as journal:
        assert journal.record(song("a"))["duration_s"] == analysis.duration_s
        if not journal.knows(song("b"), with_rows=True):
            journal.add(song("b"), replace(analysis, duration_s=7), with_rows=True)
    with Journal(path, "m") as journal:
        assert all(journal.knows(song(name), with_rows=True) for name in "ab")
        assert len(journal.record(song("b"))["probabilities"]) == 3
    assert all(json.loads(line) for line in path.read_bytes().splitlines()[-2:])


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    with Journal(tmp_path / "j", "m"), pytest.raises(CommandError, match="another genrescope is at work"):
        Journal(tmp_path / "j", "m")
    Journal(tmp_path / "j", "m").__exit__(None, None, None)
