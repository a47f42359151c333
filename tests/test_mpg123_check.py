"""tools/mpg123/check.sh: the committed decoder is what its source gives, and a source that gives another is found out.

With the compiler and MPG123_SOURCE=folder of mpg123's Debian archives it is built; without, the words are looked at.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import REPOSITORY

SOURCE = os.environ.get("MPG123_SOURCE", "")
VENDORED = Path("static", "vendor", "libmpg123-1.31.2")


def check(folder: Path, source: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [shutil.which("bash") or "bash", folder / "tools" / "mpg123" / "check.sh", source],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=200,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the check reads, in a checkout whose name has a space."""
    folder = tmp_path / "a checkout"
    for part in (Path("tools", "mpg123"), VENDORED):
        shutil.copytree(REPOSITORY / part, folder / part)
    return folder


def skip_without_what_it_takes(result: subprocess.CompletedProcess[str]) -> None:
    if "skipped" in result.stdout:
        pytest.skip(f"extra test: {result.stdout.strip()}")


def test_without_a_compiler_it_says_what_to_install(tmp_path: Path) -> None:
    for program in ("dirname", "bash"):
        (tmp_path / program).symlink_to(shutil.which(program) or "")
    result = check(REPOSITORY, "", PATH=str(tmp_path))
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("check-mpg123: skipped, no clang-14 (Debian 12: apt-get install clang-14 lld-14 ")


def test_without_the_source_it_says_how_to_give_it(tmp_path: Path) -> None:
    result = check(REPOSITORY, str(tmp_path))
    assert result.returncode == 0
    assert result.stdout.startswith("check-mpg123: skipped, no ")
    assert any(word in result.stdout for word in ("MPG123_SOURCE=folder", "apt-get install"))


def test_the_committed_decoder_is_what_its_source_gives(checkout: Path) -> None:
    result = check(checkout, SOURCE)
    skip_without_what_it_takes(result)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "check-mpg123: libmpg123.wasm is what its source gives\n"


def test_another_byte_in_the_patch_is_found(checkout: Path) -> None:
    patch = checkout / "tools" / "mpg123" / "mono.patch"
    text = patch.read_text(encoding="utf-8")
    assert text.count("0.5f") > 0
    patch.write_text(text.replace("0.5f", "0.6f", 1), encoding="utf-8")
    result = check(checkout, SOURCE)
    skip_without_what_it_takes(result)
    assert result.returncode == 1
    assert "libmpg123.wasm is not what its source gives" in result.stderr
    committed = checkout / VENDORED / "libmpg123.wasm"
    assert committed.read_bytes() == (REPOSITORY / VENDORED / "libmpg123.wasm").read_bytes()
