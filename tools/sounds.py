"""`make sounds SOUNDS=FOLDER`: music without labels and sounds of none of the genres, from packages of Debian's.

What our network heard beside GTZAN, and what its being unsure is measured on; model/CARD.md names the packages. Nothing
is installed, and nothing asks for root. About 4 GB are fetched, over TLS or signed as apt is set up.

FOLDER/packages     what was fetched, and is not fetched again
FOLDER/unpacked     the packages' files
FOLDER/music        links to them: whole songs, for `make train MUSIC=`
FOLDER/others       a subfolder a kind, for OTHERS=
FOLDER/held-out     the same of other sounds, speakers and languages, for `python -m training prepare` and `abstain`
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import soundfile
from tqdm import tqdm

from model.contract import MINIMUM_DURATION_S
from model.music_files import AUDIO_SUFFIXES
from model.whole_files import stand_in_folder

FILES_A_PACKAGE = 60  # of a kind: no package is most of what is heard
TRACKER_SUFFIXES = {".it", ".mod", ".s3m", ".xm"}  # songs that ffmpeg plays and soundfile cannot measure
SOUND_SUFFIXES = AUDIO_SUFFIXES | TRACKER_SUFFIXES


@dataclass(frozen=True)
class Source:
    """Sounds of a package: those whose path has what `path` (a regular expression) says go to `folder`."""

    folder: str
    package: str
    path: str = ""


def _sources(folder: str, packages: str, path: str = "") -> list[Source]:
    return [Source(folder, package, path) for package in packages.split()]


SPEECH = (
    "asterisk-core-sounds-en-wav asterisk-core-sounds-fr-wav asterisk-core-sounds-ru-wav fillets-ng-data-cs "
    "klettres-data ktuberling-data"
)
NOISE = (
    "boswars-data colobot-common-sounds enigma-data etw-data freedink-data lbreakout2-data lugaru-data megaglest-data "
    "minetest-data redeclipse-data simutrans-pak64 sonic-pi-samples torcs-data trackballs-data"
)
HELD_OUT_SPEECH = (
    "asterisk-core-sounds-es-wav asterisk-core-sounds-it-wav asterisk-prompt-it-menardi-wav fillets-ng-data-nl "
    "pocketsphinx-testdata"
)
MUSIC = r"(?i:/musics?/|\.(it|mod|s3m|xm)$)"
NO_MUSIC = rf"^(?!.*{MUSIC})"
SHARED_OGG = r"/sounds/[^/]*\.ogg$"  # games that keep songs as Ogg Vorbis beside their noises, which are WAV

SOURCES = (
    *_sources("music", "fretsonfire-songs-muldjord fretsonfire-songs-sectoid"),
    *_sources("others/speech", SPEECH),
    *_sources("others/noise", NOISE, NO_MUSIC),
    *_sources(
        "others/untaught-music",
        "criticalmass-data madbomber-data naev-data singularity-music solarwolf tecnoballz-data",
        MUSIC,
    ),
    *_sources("others/untaught-music", "trackballs-data", MUSIC),
    *_sources("others/untaught-music", "tumiki-fighters-data", SHARED_OGG),
    *_sources("held-out/speech", HELD_OUT_SPEECH),
    *_sources("held-out/speech", "hedgewars-data", r"/voices/"),
    *_sources("held-out/speech", "tuxpaint-stamps-default", r"_desc[^/]*\.ogg$"),
    *_sources("held-out/noise", "hedgewars-data", r"/Sounds/[^/]*$"),
    *_sources("held-out/noise", "naev-data", rf"{NO_MUSIC}.*/sounds/"),
    *_sources("held-out/noise", "tuxpaint-stamps-default", r"^(?!.*_desc)"),
    *_sources("held-out/noise", "scorched3d-data supertuxkart-data warmux-data widelands-data", r"/(wav|sfx|sound)/"),
    *_sources("held-out/untaught-music", "enigma-data gunroar-data mu-cade-data starfighter-data titanion-data", MUSIC),
    *_sources(
        "held-out/untaught-music", "heroes-sound-tracks pushover-data torus-trooper-data", r"/(mod|themes|musics)/"
    ),
    *_sources("held-out/untaught-music", "noiz2sa-data parsec47-data rrootage-data", SHARED_OGG),
)


class SoundsError(Exception):
    """What went wrong, and what to do: one line for the person who called the command."""


def fetch(packages: list[str], folder: Path) -> None:
    """Have apt put the packages' .deb into the folder, but for those that lie there.

    Raises SoundsError where there is no apt, or it cannot fetch one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [package for package in packages if not list(folder.glob(f"{package}_*.deb"))]
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise SoundsError("apt-get is missing: this command is for Debian and what derives from it")
    done = subprocess.run(["apt-get", "download", *missing], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SoundsError(f"apt-get could not fetch the packages: {done.stderr.strip()}")


def unpack(package: str, packages: Path, unpacked: Path) -> Path:
    """The folder of a package's files, which appears when all are there.

    Raises SoundsError for a package that is not there or is damaged.
    """
    folder = unpacked / package
    if folder.is_dir():
        return folder
    found = list(packages.glob(f"{package}_*.deb"))
    if not found:
        raise SoundsError(f"{packages} has no package {package}")
    deb = max(found, key=lambda path: path.stat().st_mtime)
    with stand_in_folder(folder) as unfinished:
        done = subprocess.run(["dpkg-deb", "-x", deb, unfinished], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SoundsError(f"{deb} cannot be unpacked, delete it and try again: {done.stderr.strip()}")
    return folder


def chosen_sounds(folder: Path, path: str) -> list[Path]:
    """Sounds of a package's folder, FILES_A_PACKAGE at the most: always the same, and from all over it."""
    fits = re.compile(path)
    names = [file.relative_to(folder) for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]
    sounds = [name for name in names if name.suffix.lower() in SOUND_SUFFIXES and fits.search(f"/{name.as_posix()}")]
    sounds.sort(key=lambda name: hashlib.sha256(name.as_posix().encode()).digest())
    chosen: list[Path] = []
    for name in sounds:
        if len(chosen) == FILES_A_PACKAGE:
            break
        if _is_long_enough(folder / name):
            chosen.append(name)
    return chosen


def _is_long_enough(sound: Path) -> bool:
    if sound.suffix.lower() in TRACKER_SUFFIXES:
        return True
    try:
        return bool(soundfile.info(sound).duration >= MINIMUM_DURATION_S)
    except soundfile.LibsndfileError:
        return False


def gather(sources: tuple[Source, ...], folder: Path) -> list[str]:
    """Link what the sources say, of the packages in folder/packages, into the folder's others; a line for each.

    Raises SoundsError as unpack does, and where a package has nothing of what is looked for.
    """
    lines = []
    for source in tqdm(sources, desc="sounds", unit=" packages"):
        unpacked = unpack(source.package, folder / "packages", folder / "unpacked")
        sounds = chosen_sounds(unpacked, source.path)
        if not sounds:
            raise SoundsError(f"{source.package} has no sounds for {source.folder}: another release of it has had them")
        with stand_in_folder(folder / source.folder / source.package) as links:
            # All in one folder: what lies in one is learned from as a whole or not at all.
            for number, sound in enumerate(sounds):
                (links / f"{number:02d}-{sound.name}").symlink_to((unpacked / sound).resolve())
        lines.append(f"{source.folder:23} {len(sounds):3} of {source.package}")
    return lines


def main(arguments: list[str]) -> int:
    """The command: its one argument is the folder."""
    if len(arguments) != 1 or not arguments[0]:
        print("make sounds: say SOUNDS=folder", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    try:
        fetch(sorted({source.package for source in SOURCES}), folder / "packages")
        print("\n".join(gather(SOURCES, folder)))
    except SoundsError as error:
        print(f"make sounds: {error}", file=sys.stderr)
        return 1
    print(f"made: {folder}/music, {folder}/others, {folder}/held-out")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
