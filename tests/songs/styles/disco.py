"""Disco in A minor: a kick on every beat, open hats between, octave bass, scratching guitar, strings."""

import random

from tests.songs.drums import (
    CLAP,
    CLOSED_HAT,
    CRASH,
    KICK,
    OPEN_HAT,
    SNARE,
    STANDARD_KIT,
    TAMBOURINE,
    drum_part,
)
from tests.songs.score import Part, Piece, root, voicing

_BAR_CHORDS = (("Am7", "Am7"), ("D9", "D9"), ("Am7", "Am7"), ("D9", "D9"), ("Fmaj7", "G6"), ("Am7", "Am7"))
_STRINGS = (
    "r:.5 A5:.5 C6:.5 B5:.5 A5:1.5 G5:.5 F#5:2.5 E5:.25 F#5:.25 G5:.25 A5:.25 B5:.25 C6:.25 "
    "D6:1 C6:.5 A5:1 C6:.5 A5:.5 G5:.5 F#5:2 A5:.25 B5:.25 C6:.25 D6:.25 E6:1 "
    "E6:1.5 C6:.5 D6:1.5 B5:.5 C6:.5 B5:.5 A5:3"
)
_BRASS = (
    (6.5, "A4+C5+F#5:.4 r:.1 A4+C5+F#5:.8"),
    (14.5, "A4+C5+F#5:.4 r:.1 B4+D5+G5:.8"),
    (20, "C5+E5+A5:.5"),
)


def compose(rng: random.Random) -> Piece:
    """Six bars at 120 beats a minute."""
    strings = Part("strings", 48, pan=78, volume=98, reverb=70)
    low_strings = Part("low strings", 48, pan=50, volume=84, reverb=70)
    strings.line(0, _STRINGS, 96)
    low_strings.line(0, _STRINGS.replace("5:", "4:").replace("6:", "5:"), 88)
    brass = Part("brass", 61, pan=44, volume=90, reverb=45)
    for beat, text in _BRASS:
        brass.line(beat, text, 104)
    band = [_drums(), *_rhythm_section(rng), strings, low_strings, brass]
    return Piece("disco", "Mirror Ball", 120, len(_BAR_CHORDS), 5, band, loudness_dbfs=-14.5)


def _drums() -> Part:
    drums = drum_part(STANDARD_KIT, volume=127)
    for bar in range(len(_BAR_CHORDS)):
        drums.steps(4 * bar, "X...X...X...X...", KICK, 100)
        drums.steps(4 * bar, "....X.......X...", SNARE, 88)
        drums.steps(4 * bar, "....X.......X...", CLAP, 82)
        drums.steps(4 * bar, "x...x...x...x...", CLOSED_HAT, 84)
        drums.steps(4 * bar, "..X...X...X...X.", OPEN_HAT, 92)
        drums.steps(4 * bar, "oxoXoxoXoxoXoxoX", TAMBOURINE, 56)
    drums.add(0, 1, CRASH, 92)
    drums.steps(23, "xxXX", SNARE, 86)
    return drums


def _rhythm_section(rng: random.Random) -> list[Part]:
    bass = Part("bass", 33, volume=100, reverb=10)
    guitar = Part("rhythm guitar", 28, pan=24, volume=104)
    piano = Part("electric piano", 4, pan=100, volume=74)
    for half_bar in range(2 * len(_BAR_CHORDS)):
        chord = _BAR_CHORDS[half_bar // 2][half_bar % 2]
        beat, low = 2.0 * half_bar, root(chord, 28)
        for eighth in range(4):
            bass.add(beat + eighth / 2, 0.42, low + 12 * (eighth % 2), 104 - 8 * (eighth % 2))
        guitar.steps(beat, rng.choice(("x.oxo.xo", "X.oxoxoX", "x.xo.oxo")), voicing(chord, 67)[1:], 88)
        piano.steps(beat, "X..x..x.", voicing(chord, 62), 78)
    return [bass, guitar, piano]
