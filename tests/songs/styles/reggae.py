"""Roots reggae in A minor: the kick drops on beat three alone, skanks on two and four, bubbling organ."""

import random

from tests.songs.drums import CLOSED_HAT, HIGH_TOM, KICK, OPEN_HAT, RIM, SNARE, STANDARD_KIT, drum_part
from tests.songs.score import Part, Piece, root, voicing

CHORDS = ("Am", "Am", "Dm", "Dm", "Am", "Am", "Em", "Am")
_BASS = (  # intervals above the root and lengths; the first beat often stays empty
    ((None, 1.0), (0, 1.0), (0, 0.5), (3, 0.5), (7, 0.5), (3, 0.5)),
    ((0, 1.5), (-2, 0.5), (0, 1.0), (None, 1.0)),
)
_MELODICA = (
    "r:1 E5:.5 D5:.5 C5:1 A4:.5 C5:.5 D5:.5 C5:.5 A4:2 r:1 "
    "r:1 F5:.5 E5:.5 D5:1 A4:.5 D5:.5 E5:.5 D5:.5 A4:2 r:1 "
    "r:.5 A5:1 G5:.5 E5:1 D5:.5 C5:.5 D5:.5 E5:1.5 r:2 "
    "r:1 G5:.5 E5:.5 D5:.5 B4:1 D5:.5 A4:4"
)


def compose(rng: random.Random) -> Piece:
    """Eight bars at 144 beats a minute, felt as half of that; eighths lean a little."""
    melodica = Part("melodica", 20, pan=76, volume=112, reverb=75)
    melodica.line(0, _MELODICA, 94)
    band = [_drums(rng), _bass(), *_skank(), melodica]
    return Piece("reggae", "One Drop Afternoon", 144, len(CHORDS), 7, band, swing=0.56, loudness_dbfs=-15.5)


def _drums(rng: random.Random) -> Part:
    drums = drum_part(STANDARD_KIT, volume=127, reverb=45)
    drums.steps(0, "xX", SNARE, 84, step=0.5)  # the pick-up that reggae begins with
    drums.add(1, 0.4, HIGH_TOM, 96)
    for bar in range(len(CHORDS)):
        drums.steps(4 * bar, "..X.", KICK, 108, step=1)
        drums.steps(4 * bar, "..X.", RIM, 104, step=1)
        drums.steps(4 * bar, "xoxoxoxo", CLOSED_HAT, 96, step=0.5)
        if rng.random() < 0.5:
            drums.add(4 * bar + 3.5, 0.5, OPEN_HAT, 60)
    return drums


def _bass() -> Part:
    bass = Part("bass", 33, volume=102, reverb=5)
    for bar, chord in enumerate(CHORDS):
        beat = 4.0 * bar
        for interval, length in _BASS[bar % 2]:
            if interval is not None:
                bass.add(beat, length * 0.92, root(chord, 28) + interval, 110)
            beat += length
    return bass


def _skank() -> list[Part]:
    guitar = Part("skank guitar", 27, pan=30, volume=122, reverb=30)
    piano = Part("piano", 0, pan=90, volume=112, reverb=30)
    organ = Part("organ", 17, pan=100, volume=74, reverb=30)
    for bar, chord in enumerate(CHORDS):
        for beat in (1, 3):
            guitar.strum(4 * bar + beat, 0.3, voicing(chord, 69)[::-1], 96)
            piano.add(4 * bar + beat, 0.28, voicing(chord, 62), 92)
        organ.steps(4 * bar, ".x.xxx.x", voicing(chord, 57), 80, step=0.5)
    return [guitar, piano, organ]
