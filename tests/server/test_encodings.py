"""server/encodings.py: compressed forms are made once, follow the content, and are whole or not there."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import brotli
import pytest

from server import encodings
from server.encodings import content_in, content_of, prepare


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for what is prepared: this test's own."""
    monkeypatch.setattr(encodings, "PREPARED", tmp_path / "cache" / "encodings")
    return tmp_path / "cache" / "encodings"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "a.js"
    path.write_text("one line of many\n" * 1000)
    return path


def test_every_form_decodes_to_the_file(prepared: Path, script: Path) -> None:
    sizes = prepare([script])
    forms = content_in(script).forms
    assert list(forms) == ["br", "gzip", "identity"]
    plain = script.read_bytes()
    assert brotli.decompress(forms["br"]) == gzip.decompress(forms["gzip"]) == forms["identity"] == plain
    assert sizes == {coding: len(form) for coding, form in forms.items()}
    assert sizes["br"] < sizes["gzip"] < sizes["identity"]
    assert len(list(prepared.iterdir())) == 2


def test_what_is_there_is_not_made_again(prepared: Path, script: Path) -> None:
    prepare([script])
    before = {path: path.stat().st_mtime_ns for path in prepared.iterdir()}
    prepare([script])
    assert {path: path.stat().st_mtime_ns for path in prepared.iterdir()} == before


def test_a_changed_file_has_no_old_form(prepared: Path, script: Path) -> None:
    prepare([script])
    script.write_text("other\n" * 3000)  # by one who does not run the command
    content = content_in(script)
    assert list(content.forms) == ["gzip", "identity"]
    assert gzip.decompress(content.forms["gzip"]) == script.read_bytes()
    prepare([script])  # is noticed by a server that runs
    assert brotli.decompress(content_in(script).forms["br"]) == script.read_bytes()
    assert len(list(prepared.iterdir())) == 4


def test_a_changed_file_of_the_same_size_is_another(prepared: Path, script: Path) -> None:
    before = content_in(script).sha256
    script.write_bytes(bytes(script.stat().st_size))
    assert content_in(script).sha256 != before
    assert not prepared.exists()


def test_sound_pictures_and_huge_files_stay_as_they_are(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encodings, "MAX_BYTES", 100)
    paths = [tmp_path / name for name in ("a.mp3", "a.png", "large.js")]
    for path in paths:
        path.write_bytes(b"x" * 101)
    prepare(paths)
    assert list(prepared.iterdir()) == []
    assert [content_in(path).forms for path in paths] == [{"identity": path} for path in paths]


def test_what_cannot_be_written_leaves_nothing_half(
    prepared: Path, script: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        prepare([script])
    assert [path.name for path in prepared.iterdir() if path.suffix in (".br", ".gzip")] == []
    assert list(content_in(script).forms) == ["gzip", "identity"]


def test_what_the_server_makes_is_there_in_every_form() -> None:
    forms = content_of(b"<p>a page" * 100).forms
    assert brotli.decompress(forms["br"]) == gzip.decompress(forms["gzip"]) == forms["identity"] == b"<p>a page" * 100
