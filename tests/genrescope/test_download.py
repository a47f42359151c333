"""genrescope/download.py: what is said without yt-dlp; with it, a song from a real server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest

from genrescope import download as module
from genrescope.__main__ import main
from genrescope.download import download
from genrescope.errors import CommandError, SourceError
from tests.support import SONGS


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def songs_url() -> Iterator[str]:
    """The folder of songs, by HTTP."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(SONGS))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def without_yt_dlp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    monkeypatch.setattr(module.shutil, "which", lambda _: None)


@pytest.mark.usefixtures("without_yt_dlp")
def test_without_yt_dlp_it_says_how_to_get_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "HTTPS://example.org/a.mp3"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "URLs need yt-dlp" in err
    assert "-m pip install yt-dlp" in err


def test_the_program_is_as_good_as_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is called so is told the URL after `--`, in a list; what it says becomes the reason."""
    program = tmp_path / "bin" / "yt-dlp"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nfor last; do :; done\necho "ERROR: [generic] no such thing as $last" >&2\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    with pytest.raises(SourceError, match=r"yt-dlp says: \[generic\] no such thing as http://x/\$\(id\)") as failure:
        download("http://x/$(id)", tmp_path, 60)
    assert failure.value.code == "download_failed"
    program.unlink()
    with pytest.raises(CommandError, match="pip install yt-dlp"):
        download("http://x/", tmp_path, 60)


needs_yt_dlp = pytest.mark.skipif(find_spec("yt_dlp") is None, reason="yt-dlp, the user's to install, is not here")


@needs_yt_dlp
def test_the_very_song_comes(songs_url: str, tmp_path: Path) -> None:
    song = download(f"{songs_url}/blues.mp3", tmp_path, 60)
    assert song.read_bytes() == (SONGS / "blues.mp3").read_bytes()


@needs_yt_dlp
def test_what_is_not_there_is_said(songs_url: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"yt-dlp says: .*404"):
        download(f"{songs_url}/nowhere.mp3", tmp_path, 60)


@needs_yt_dlp
def test_too_large_a_song_does_not_fill_the_disk(
    songs_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 100_000)
    with pytest.raises(SourceError) as failure:
        download(f"{songs_url}/blues.mp3", tmp_path, 60)
    assert failure.value.code == "download_failed"
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 100_000
