"""genrescope/options.py: help at once, and usage that cannot be."""

from __future__ import annotations

import subprocess
import sys

import pytest

from genrescope.options import read_options
from tests.support import REPOSITORY


def test_help_needs_neither_tensorflow_nor_numpy() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "genrescope", "tag", "--help"]
    told = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert "unsure.m3u8" in told.stdout
    imported = {line.rsplit("|", 1)[-1].strip() for line in told.stderr.splitlines()}
    assert "argparse" in imported
    assert imported.isdisjoint({"tensorflow", "numpy"})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "required"),
        (["tag"], "FOLDER"),
        (["tag", "x", "--format", "json,xml"], "'xml' is none of json, csv, m3u"),
        (["tag", "x", "--jobs", "0"], "'0' is no whole number from 1 to 1000"),
        (["tag", "x", "--yes"], "--yes goes with --write-genre"),
        (["tag", "x", "--max-minutes", "0"], "'0' is no number above 0"),
        (["tag", "x", "--max-minutes", "inf"], "'inf' is no number above 0"),
        (["tag", "x", "y"], "OUTPUT and --shard-songs go with --ray"),
        (["tag", "x", "--shard-songs", "8"], "OUTPUT and --shard-songs go with --ray"),
        (["tag", "--ray", "local", "x"], "--ray needs an OUTPUT"),
        (["tag", "--ray", "local", "x", "y", "--rows", "--out", "z"], "--out, --rows: not with --ray"),
        (["predict"], "FILE|URL"),
        (["predict", "x", "--hop-s", "nan"], "'nan' is no number from 0.1 to 60"),
        (["predict", "x", "--top", "many"], "'many' is no whole number from 1 to 100"),
        (["predict", "x", "--json", "--csv"], "not allowed with"),
    ],
)
def test_wrong_usage_is_named(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        read_options(arguments)
    assert said in capsys.readouterr().err


def test_formats_are_told_apart_by_commas() -> None:
    assert read_options(["tag", "x", "--format", "csv,m3u"]).format == ("csv", "m3u")
