"""What the image is built from: pinned by hash, of the versions that are tested, and listed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.support import REPOSITORY

LOCK = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
LOCKED = {found[1]: found[2] for found in re.finditer(r"^([a-z0-9-]+)==(\S+)", LOCK, re.MULTILINE)}


def pinned(name: str) -> dict[str, str]:
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    return {found[1]: found[2] for found in re.finditer(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE)}


def test_the_lock_has_the_versions_that_are_tested() -> None:
    """Else: make lock."""
    known = pinned("constraints.txt") | pinned("requirements.txt")
    assert {name: known.get(name) for name in LOCKED} == LOCKED
    assert set(pinned("requirements.txt")) <= set(LOCKED)


def test_every_package_has_hashes() -> None:
    entries = re.split(r"^(?=[a-z0-9-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) == len(LOCKED)
    assert [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "--index-url" not in LOCK
    assert "--find-links" not in LOCK


def test_what_is_installed_here_is_what_the_lock_says() -> None:
    """The lock is of files that nothing here has installed: at least they are of these very versions."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "freeze", "--all"], capture_output=True, text=True, check=True, timeout=60
    )
    here = dict(line.lower().replace("_", "-").split("==") for line in listed.stdout.splitlines() if "==" in line)
    differing = {name: (here[name], version) for name, version in LOCKED.items() if here.get(name, version) != version}
    assert not {name for name in differing if name not in ("pip", "setuptools")}
    assert len(set(LOCKED) & set(here)) >= len(LOCKED) - 2  # TensorFlow's two names


def test_the_build_takes_the_lock_and_sees_nothing_else() -> None:
    dockerfile = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
    assert "--require-hashes" in dockerfile
    assert "--only-binary :all:" in dockerfile
    assert re.search(r"^USER genrescope$", dockerfile, re.MULTILINE)
    seen = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert seen[0] == "*"
    assert "!requirements.lock" in seen


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With two packages: one whole, one of which slim-packages.sh has left the description only."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False)
    packages = next(folder.glob("lib/python3*/site-packages"))
    for name, licence in (("Whole_One", "License-Expression: MIT\n"), ("gone", "")):
        description = packages / f"{name}-1.0.dist-info"
        description.mkdir()
        (description / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{licence}")
        (description / "RECORD").write_text(f"{name}/__init__.py,,\n{name}-1.0.dist-info/METADATA,,\n")
    (packages / "Whole_One").mkdir()
    (packages / "Whole_One" / "__init__.py").touch()
    return folder


def test_list_of_parts(environment: Path, tmp_path: Path) -> None:
    (tmp_path / "base").write_text("libc6 2.36-9+deb12u14 amd64\n")
    (tmp_path / "ffmpeg").write_text("ffmpeg 7:5.1.8-0+deb12u1 amd64\nlibc6 2.36-9+deb12u14 amd64\n")
    command = [sys.executable, REPOSITORY / "tools" / "image" / "sbom.py", "base", "ffmpeg", "--", environment]
    made = [subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=30).stdout for _ in range(2)]
    assert made[0] == made[1]
    bom = json.loads(made[0])
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    purls = [component["purl"] for component in bom["components"]]
    assert [purl for purl in purls if not purl.startswith("pkg:generic/python@3.11.")] == [
        "pkg:deb/debian/ffmpeg@7%3A5.1.8-0%2Bdeb12u1?arch=amd64&distro=bookworm",
        "pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=amd64&distro=bookworm",
        "pkg:pypi/whole-one@1.0",
    ]
    whole = next(component for component in bom["components"] if component["name"] == "whole-one")
    assert whole["licenses"] == [{"license": {"name": "MIT"}}]
    assert len({component["bom-ref"] for component in bom["components"]}) == len(purls)
