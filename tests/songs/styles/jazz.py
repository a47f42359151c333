"""Swing in C, ii-V-I: walking bass, ride cymbal, the hi-hat on two and four, piano, a tenor saxophone."""

import random

from tests.songs.drums import JAZZ_KIT, KICK, PEDAL_HAT, RIDE, SNARE, drum_part
from tests.songs.score import Part, Piece, chord_classes, root, voicing

CHORDS = ("Dm7", "G13", "Cmaj9", "A7", "Dm9", "G13", "Cmaj9", "C6")
_TENOR = (
    "r:.5 D4:.5 F4:.5 A4:.5 C5:.5 A4:.5 F4:.5 D4:.5 B4:.5 Ab4:.5 F4:.5 D4:.5 B3:.5 D4:.5 F4:.5 Ab4:.5 "
    "G4:1.5 E4:.5 r:1 C4:.5 E4:.5 G4:.5 Bb4:.5 A4:.5 G4:.5 E4:.5 C#4:.5 Bb3:.5 A3:.5 "
    "F4:1 A4:.5 C5:1 r:.5 E5:.5 C5:.5 D5:.5 C5:.5 B4:.5 A4:.5 Ab4:.5 F4:.5 D4:.5 B3:.5 "
    "C4:.5 E4:.5 G4:.5 B4:.5 A4:1 G4:.5 E4:.5 D4:.5 E4:1.5"
)
_COMPING = ((0, 1.5), (0.5, 2.5), (1.5, 3), (1.5, 3.5))  # the Charleston and its turns


def compose(rng: random.Random) -> Piece:
    """Eight bars at 148 beats a minute."""
    tenor = Part("tenor saxophone", 66, pan=54, volume=100, reverb=55)
    tenor.line(0, _TENOR, 92, gate=0.98)
    piano = Part("piano", 0, pan=90, volume=114)
    for bar, chord in enumerate(CHORDS):
        for beat in rng.choice(_COMPING):
            rootless = [each for each in voicing(chord, 62) if each % 12 != chord_classes(chord)[0]]
            piano.add(4 * bar + beat, 0.4 if beat % 1 else 0.9, rootless, 76)
    return Piece("jazz", "Blue Lamp", 148, len(CHORDS), 7, [_drums(rng), _walking_bass(rng), piano, tenor],
                 swing=0.65, loudness_dbfs=-17)  # fmt: skip


def _drums(rng: random.Random) -> Part:
    drums = drum_part(JAZZ_KIT, volume=127, reverb=35)
    for bar in range(len(CHORDS)):
        drums.steps(4 * bar, "x.Xxx.Xx", RIDE, 86, step=0.5)
        drums.steps(4 * bar, ".x.x", PEDAL_HAT, 92, step=1)
        drums.steps(4 * bar, "oooo", KICK, 62, step=1)
        for beat in rng.sample((0.5, 1.5, 2.5, 3, 3.5), 2):
            drums.add(4 * bar + beat, 0.3, SNARE, rng.randint(40, 62))
    return drums


def _walking_bass(rng: random.Random) -> Part:
    """A note on every beat: the root, two chord tones, and a half step above or below the next root."""
    bass = Part("double bass", 32, volume=98, reverb=15)
    for bar, chord in enumerate(CHORDS):
        low = root(chord, 31)
        third, fifth = ((each - low) % 12 for each in chord_classes(chord)[1:3])
        following = root(CHORDS[(bar + 1) % len(CHORDS)], 31)
        middle = rng.choice(((third, fifth), (fifth, third), (fifth, 12), (2, third)))
        walk = (low, low + middle[0], low + middle[1], following + rng.choice((-1, 1)))
        for beat, each in enumerate(walk):
            bass.add(4 * bar + beat, 0.95, each, 96 + 4 * (beat % 2))
    return bass
