"""server/prepare.py: what browsers fetch is compressed ahead of time, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from server import encodings, prepare
from server.encodings import file_sha256
from tests.support import REPOSITORY


def test_of_the_model_only_what_browsers_fetch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(encodings, "PREPARED", tmp_path / "prepared")
    monkeypatch.setattr(encodings, "ENCODERS", {"gzip": encodings.ENCODERS["gzip"]})  # the other takes its time
    shutil.copytree(REPOSITORY / "static" / "offline", tmp_path / "static" / "offline")
    monkeypatch.setattr(prepare, "STATIC", tmp_path / "static")
    assert prepare.main() == 0
    made = {path.stem for path in (tmp_path / "prepared").iterdir()}
    (export,) = (path for path in (REPOSITORY / "model").iterdir() if path.name.startswith("export-"))
    of_model = {*(export / "browser").iterdir(), *export.glob("units-*/*"), export / "mel_filters.f32"}
    fetched = of_model | {*(tmp_path / "static").rglob("*.js")}
    assert made == {file_sha256(path) for path in fetched if path.name != "service-worker.js"}
    said = capsys.readouterr().out
    assert said.startswith("prepare: identity ")
    assert "gzip" in said


def test_the_command_says_what_is_wrong() -> None:
    command = [sys.executable, "-m", "server.prepare"]
    environment = os.environ | {"MODEL": "/no/such/folder"}
    said = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=30)
    assert said.returncode == 2
    assert said.stderr.startswith("prepare: /no/such/folder/contract.json does not exist")
    assert said.stderr.count("\n") == 1
