"""`make sounds`: what it takes of packages, made here with Debian's own dpkg-deb."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tools.sounds import FILES_A_PACKAGE, SOURCES, SoundsError, Source, gather

pytestmark = pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="packages are made with dpkg-deb")
NOISE = Source("others/noise", "game-data", r"/sfx/")


def _sound(path: Path, duration_s: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.zeros(round(duration_s * 8000), np.float32), 8000)


def _package(folder: Path, name: str, sounds: dict[str, float]) -> None:
    """folder/packages/NAME_1_all.deb with sounds of so many seconds."""
    root = folder / "made" / name
    for path, duration_s in sounds.items():
        _sound(root / "usr/share" / path, duration_s)
    (root / "DEBIAN").mkdir(parents=True)
    about = (
        f"Package: {name}\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nDescription: test\n"
    )
    (root / "DEBIAN/control").write_text(about)
    (folder / "packages").mkdir(exist_ok=True)
    subprocess.run(
        ["dpkg-deb", "--build", root, folder / "packages" / f"{name}_1_all.deb"], check=True, capture_output=True
    )


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_links_the_sounds_that_are_looked_for_and_long_enough(tmp_path: Path) -> None:
    _package(
        tmp_path, "game-data", {"sfx/a/bang.wav": 1.5, "sfx/a/click.wav": 0.2, "music/theme.wav": 3, "sfx/b.ogg": 2}
    )
    (told,) = gather((NOISE,), tmp_path)
    assert "2 of game-data" in told
    links = tmp_path / "others/noise/game-data"
    assert _names(links) == ["usr-share-sfx-a-bang.wav", "usr-share-sfx-b.ogg"]
    assert soundfile.info(links / "usr-share-sfx-a-bang.wav").duration == 1.5


def test_takes_no_more_than_its_share_of_a_package_and_always_the_same(tmp_path: Path) -> None:
    _package(tmp_path, "game-data", {f"sfx/{i}.wav": 1 for i in range(FILES_A_PACKAGE + 5)})
    gather((NOISE,), tmp_path)
    first = _names(tmp_path / "others/noise/game-data")
    assert len(first) == FILES_A_PACKAGE
    _sound(tmp_path / "others/noise/game-data/of-an-earlier-choice.wav", 1)
    gather((NOISE,), tmp_path)
    assert _names(tmp_path / "others/noise/game-data") == first


def test_one_package_serves_two_kinds(tmp_path: Path) -> None:
    _package(tmp_path, "game-data", {"sfx/bang.wav": 1, "music/theme.wav": 1})
    gather((NOISE, Source("others/untaught-music", "game-data", r"/music/")), tmp_path)
    assert _names(tmp_path / "others/noise/game-data") == ["usr-share-sfx-bang.wav"]
    assert _names(tmp_path / "others/untaught-music/game-data") == ["usr-share-music-theme.wav"]


def test_a_damaged_package_is_named_and_leaves_no_half_of_it(tmp_path: Path) -> None:
    _package(tmp_path, "game-data", {"sfx/bang.wav": 60})
    deb = tmp_path / "packages/game-data_1_all.deb"
    deb.write_bytes(deb.read_bytes()[:-2000])
    with pytest.raises(SoundsError, match=r"game-data_1_all\.deb cannot be unpacked, delete it"):
        gather((NOISE,), tmp_path)
    assert not (tmp_path / "unpacked/game-data").exists()


def test_packages_that_are_not_there_or_have_no_such_sounds_are_named(tmp_path: Path) -> None:
    _package(tmp_path, "game-data", {"music/theme.wav": 1})
    with pytest.raises(SoundsError, match=r"game-data has no sounds for others/noise"):
        gather((NOISE,), tmp_path)
    with pytest.raises(SoundsError, match="has no package other-data"):
        gather((Source("music", "other-data"),), tmp_path)


def test_nothing_of_a_package_is_both_learned_from_and_held_out() -> None:
    def files(folder: str) -> set[tuple[str, str]]:
        return {(source.package, source.path) for source in SOURCES if source.folder.startswith(folder)}

    assert not files("others") & files("held-out")
