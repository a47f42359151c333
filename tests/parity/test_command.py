"""`python -m tests.parity`: it prints the table, and its exit code says whether all is well."""

from __future__ import annotations

import json
from pathlib import Path

import librosa
import pytest

from model.predictor import Predictor
from tests.page.browser import Page
from tests.parity import __main__ as command

SIGNAL = "white noise, 22.05 kHz"


def test_a_wrong_mel_scale_is_found_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole command, with a server and a browser of its own."""
    htk = librosa.filters.mel(sr=22_050, n_fft=2048, n_mels=128, htk=True)
    assert command.main([SIGNAL, "--json", str(tmp_path / "parity.json")], mel_filters=htk) == 1
    said = capsys.readouterr().out
    assert f"MISSED {SIGNAL}: log_mel: " in said
    assert f"MISSED {SIGNAL}: resampled: " not in said
    (result,) = json.loads((tmp_path / "parity.json").read_text())
    assert result["name"] == SIGNAL
    missed = {stage for stage, numbers in result["stages"].items() if numbers["is_missed"]}
    assert missed >= {"log_mel", "logits"}


def test_rows_and_notes(page: Page, predictor: Predictor, capsys: pytest.CaptureFixture[str]) -> None:
    results = command.print_table(page, predictor, [SIGNAL, "white noise, 8 kHz", "Opus"])
    assert [result.missed for result in results] == [[], [], []]
    said = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in said if line.startswith(("white", "Opus"))] == ["white noise", "Opus [1]"]
    assert any(line.startswith("[1] Opus decoders") for line in said)
    assert said[-1] == "3 of 3 songs within what is allowed."


def test_a_browser_that_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(["--browser", "mosaic"])
    assert "chromium" in capsys.readouterr().err
