"""tools/setup.sh: quiet when there is nothing to do, plain words when something is missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support import REPOSITORY

TOOLS = ["sh", "dirname", "id", "cat", "cksum", "basename", "mktemp", "rm", "sleep"]
PACKAGES = "-r requirements.txt"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that looks like a fresh checkout, as far as the script goes, with an empty PATH beside it."""
    folder = tmp_path / "a checkout"
    (folder / "tools").mkdir(parents=True)
    shutil.copy(REPOSITORY / "tools" / "setup.sh", folder / "tools")
    for name in ("requirements.txt", "constraints.txt", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, folder)
    path = tmp_path / "bin"
    path.mkdir()
    for tool in TOOLS:
        (path / tool).symlink_to(shutil.which(tool) or "")
    return folder


def pretend(checkout: Path, program: str, script: str = "exit 0") -> None:
    """Puts a program of this name on the script's PATH."""
    path = checkout.parent / "bin" / program
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def setup(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "tools" / "setup.sh", *arguments],
        env={"PATH": str(checkout.parent / "bin"), "TMPDIR": os.environ.get("TMPDIR", "/tmp")},  # noqa: S108
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_missing_program_is_named_with_the_command_that_installs_it(checkout: Path) -> None:
    pretend(checkout, "id", "echo 1000")
    pretend(checkout, "apt-get", "echo called >&2; exit 1")
    result = setup(checkout, "serve")
    assert result.returncode == 1
    assert result.stderr == ("setup: reading audio needs ffmpeg ffprobe. Please run:  sudo apt-get install ffmpeg\n")


@pytest.mark.parametrize(("manager", "command"), [("brew", "brew install"), ("dnf", "sudo dnf install")])
def test_command_fits_the_system(checkout: Path, manager: str, command: str) -> None:
    pretend(checkout, manager)
    assert f"Please run:  {command} ffmpeg" in setup(checkout, "serve").stderr


def test_root_on_debian_gets_it_installed(checkout: Path) -> None:
    log = checkout.parent / "log"
    pretend(checkout, "id", "echo 0")
    pretend(checkout, "apt-get", f'echo "$@" >> "{log}"')
    result = setup(checkout, "serve")
    assert result.stdout.startswith("setup: installing ffmpeg (reading audio)\n")
    assert "install -y -qq --no-install-recommends ffmpeg" in log.read_text()


def test_wrong_python_is_named(checkout: Path) -> None:
    for program in ("ffmpeg", "ffprobe"):
        pretend(checkout, program)
    pretend(checkout, "python3", '[ "$1" = --version ] && echo Python 3.9.2; exit 1')
    result = setup(checkout, "serve")
    assert result.returncode == 1
    assert "Python 3.11 is needed, found Python 3.9.2" in result.stderr


def ready_checkout(checkout: Path) -> None:
    """Pretends that all is installed: programs, and an environment whose pip writes down what it is asked for."""
    for program in ("ffmpeg", "ffprobe"):
        pretend(checkout, program)
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\n[ "$1" = -m ] && echo "$@" >> "{checkout.parent}/pip"\nexit 0\n')
    python.chmod(0o755)


def test_second_time_is_silent_and_a_changed_file_is_installed_again(checkout: Path) -> None:
    ready_checkout(checkout)
    asked = checkout.parent / "pip"
    assert "installing requirements.txt" in setup(checkout, "serve").stdout
    assert (setup(checkout, "serve").stdout, asked.read_text().count(PACKAGES)) == ("", 1)
    with (checkout / "constraints.txt").open("a") as file:
        file.write("# newer\n")
    assert "installing requirements.txt" in setup(checkout, "serve").stdout
    assert asked.read_text().count(PACKAGES) == 2
    assert asked.read_text().count("--editable .") == 1
    (checkout / "pyproject.toml").write_text("# newer\n")
    assert setup(checkout, "serve").returncode == 0
    assert asked.read_text().count("--editable .") == 2


def test_browsers_beyond_the_first_are_named_and_gone_without(checkout: Path) -> None:
    ready_checkout(checkout)
    pretend(checkout, "id", "echo 1000")
    pretend(checkout, "apt-get", "exit 1")
    for program in ("chromium", "chromedriver", "node", "npm", "firefox-esr", "fluidsynth"):
        pretend(checkout, program)
    with_all_requirements(checkout)
    result = setup(checkout, "test")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[0] == (
        "setup: going on without WebKitWebDriver Xvfb (the page in WebKit, too); "
        "to have it:  sudo apt-get install webkit2gtk-driver xvfb"
    )


def with_all_requirements(checkout: Path) -> None:
    for path in REPOSITORY.glob("requirements-*.txt"):
        shutil.copy(path, checkout)


@pytest.mark.parametrize("apt_ends_with", [0, 1])
def test_programs_and_packages_come_at_the_same_time(checkout: Path, apt_ends_with: int) -> None:
    ready_checkout(checkout)
    with_all_requirements(checkout)
    pip_was_asked = (
        f'n=0; until [ -s "{checkout.parent}/pip" ]; do sleep 0.1; n=$((n + 1)); [ $n -lt 99 ] || exit 3; done'
    )
    pretend(checkout, "id", "echo 0")
    pretend(checkout, "apt-get", f"{pip_was_asked}; exit {apt_ends_with}")
    for program in ("chromium", "chromedriver", "node", "npm", "WebKitWebDriver", "Xvfb", "fluidsynth"):
        pretend(checkout, program)
    result = setup(checkout, "test")
    assert result.returncode == apt_ends_with
    assert ("apt-get could not install: firefox-esr" in result.stderr) == (apt_ends_with == 1)
    assert "-r requirements-test.txt" in (checkout.parent / "pip").read_text()


def test_failed_installation_is_tried_again(checkout: Path) -> None:
    ready_checkout(checkout)
    python = checkout / ".venv" / "bin" / "python"
    works = python.read_text()
    python.write_text(works.replace("exit 0", '[ "$1" != -m ]'))
    assert setup(checkout, "serve").returncode == 1
    python.write_text(works)
    assert "installing requirements.txt" in setup(checkout, "serve").stdout


def test_unknown_task_is_refused(checkout: Path) -> None:
    result = setup(checkout, "everything")
    assert (result.returncode, result.stderr) == (
        2,
        "usage: tools/setup.sh serve|train|test|scale|release|lighthouse\n",
    )


def pins(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith(("#", "-c "))]
    found = [re.fullmatch(r"([A-Za-z0-9_.-]+)(?:\[[a-z-]+\])?==([^ ;]+)( ; .*)?", line) for line in lines]
    assert all(found), [line for line, match in zip(lines, found, strict=True) if not match]
    return {match[1]: match[2] for match in found if match}


def test_every_requirement_is_pinned_exactly_and_once() -> None:
    seen: dict[str, str] = {}
    for path in [REPOSITORY / "constraints.txt", *sorted(REPOSITORY.glob("requirements*.txt"))]:
        for name, version in pins(path).items():
            assert seen.setdefault(name, version) == version, f"{path.name}: {name}"


def test_serving_needs_no_training_packages() -> None:
    assert pins(REPOSITORY / "requirements.txt").keys().isdisjoint({"librosa", "matplotlib", "pytest"})
