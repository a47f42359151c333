"""Two-beat country in G: boom-chick guitar, banjo rolls, a fiddle tune, steel guitar and a train beat."""

import random

from tests.songs.drums import BRUSH_KIT, KICK, SNARE, drum_part
from tests.songs.score import Part, Piece, root, voicing

CHORDS = ("G", "G", "C", "G", "G", "D", "C", "G")  # one a bar; D comes in for the second half of bar 7
_FIDDLE = (
    "G4:.5 A4:.5 B4:.5 D5:.5 E5:1 D5:1 B4:.5 D5:.5 B4:.5 A4:.5 G4:1 r:1 "
    "E5:.5 G5:.5 E5:.5 D5:.5 C5:.5 D5:.5 E5:1 D5:.5 B4:.5 A4:.5 B4:.5 G4+D5:2 "
    "G5:.5 F#5:.5 G5:.5 D5:.5 B4:.5 D5:.5 G5:1 F#5:.5 A5:.5 F#5:.5 D5:.5 A4+E5:1 A4+F#5:1 "
    "E5:.5 G5:.5 E5:.5 C5:.5 D5:.5 F#5:.5 A5:.5 F#5:.5 G5:1 D5:.5 B4:.5 G4+D5:2"
)
_STEEL = (
    (2, "/2G4+B4:2 /2B4+D5:3 r:1"),
    (10, "/2C5+E5:2 /1B4+D5:2 /2D5+G5:2"),
    (18, "/2B4+D5:2 /2A4+F#5:4"),
    (24, "/2G4+E5:2 /2A4+F#5:2 /1B4+G5:4"),
)


def compose(rng: random.Random) -> Piece:
    """Eight bars at 138 beats a minute."""
    fiddle = Part("fiddle", 110, pan=74, volume=106, reverb=45)
    fiddle.line(0, _FIDDLE, 94)
    steel = Part("steel guitar", 26, pan=40, volume=78, reverb=75)
    for beat, text in _STEEL:
        steel.line(beat, text, 92, gate=1.0)
    bass, guitar = Part("bass", 32, volume=86, reverb=10), Part("acoustic guitar", 25, pan=24, volume=94)
    banjo = Part("banjo", 105, pan=104, volume=104)
    for half_bar in range(2 * len(CHORDS)):
        chord = "D" if half_bar == 13 else CHORDS[half_bar // 2]
        _half_bar(2.0 * half_bar, chord, half_bar % 2 == 1 and half_bar != 13, bass, guitar, banjo)
    return Piece(
        "country", "Side Road Two-Step", 138, len(CHORDS), 6,
        [_drums(rng), bass, guitar, banjo, steel, fiddle], loudness_dbfs=-16,
    )  # fmt: skip


def _half_bar(beat: float, chord: str, on_fifth: bool, bass: Part, guitar: Part, banjo: Part) -> None:
    low = root(chord, 31)
    bass.add(beat, 0.9, low - 5 if on_fifth and low - 5 >= 28 else low + 7 * on_fifth, 100)
    guitar.add(beat, 0.8, low + 12 + 7 * on_fifth, 92)
    guitar.strum(beat + 1, 0.6, voicing(chord, 62), 82)
    first, second, third = voicing(chord, 64)
    for eighth, each in enumerate((first, second, third, second)):  # the high G is the banjo's drone string
        banjo.add(beat + eighth / 2, 0.5, each, 88 if eighth % 2 == 0 else 76)
        banjo.add(beat + eighth / 2 + 0.25, 0.3, 67, 62)


def _drums(rng: random.Random) -> Part:
    drums = drum_part(BRUSH_KIT, volume=110)
    for bar in range(len(CHORDS)):
        drums.steps(4 * bar, "X.x.", KICK, 98, step=1)
        drums.steps(4 * bar, "o.Xo" * 4, SNARE, 98)
        if rng.random() < 0.5:
            drums.add(4 * bar + 3.75, 0.2, SNARE, 60)
    return drums
