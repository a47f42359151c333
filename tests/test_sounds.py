"""`make sounds`: what it takes of packages, made here with Debian's own dpkg-deb."""

from __future__ import annotations

import re
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
    assert sorted(name[3:] for name in _names(links)) == ["b.ogg", "bang.wav"]
    (bang,) = links.glob("*-bang.wav")
    assert soundfile.info(bang).duration == 1.5


def test_sounds_of_one_name_are_all_there_and_links_in_a_package_lead_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    _sound(secret, 2)
    link = tmp_path / "made/game-data/usr/share/sfx/linked.wav"
    link.parent.mkdir(parents=True)
    link.symlink_to(secret)
    _package(tmp_path, "game-data", {"sfx/a/bang.wav": 1, "sfx/b/bang.wav": 1})
    gather((NOISE,), tmp_path)
    assert [name[3:] for name in _names(tmp_path / "others/noise/game-data")] == ["bang.wav", "bang.wav"]


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
    assert _names(tmp_path / "others/noise/game-data") == ["00-bang.wav"]
    assert _names(tmp_path / "others/untaught-music/game-data") == ["00-theme.wav"]


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


PATHS = [
    f"/usr/share/games/x/{folder}/{name}"
    for folder in ("music", "musics", "music/game", "mod", "sound", "sounds", "sfx", "soundsets/x", "Sounds/voices/y")
    for name in ("a.ogg", "a.wav", "a.xm", "a.mod", "a_desc.ogg", "music.wav")
]


@pytest.mark.parametrize("package", sorted({source.package for source in SOURCES}))
def test_no_sound_is_of_two_kinds_nor_both_learned_from_and_held_out(package: str) -> None:
    own = [source for source in SOURCES if source.package == package]
    for path in PATHS:
        assert len([source for source in own if re.search(source.path, path)]) <= 1, path
