"""Boom-bap in C minor: swung sixteenths, a heavy backbeat, sub bass, chopped electric piano, a flute hook."""

import random

from tests.songs.drums import CLOSED_HAT, KICK, OPEN_HAT, POWER_KIT, SNARE, drum_part
from tests.songs.score import Part, Piece, voicing

BARS = 5
_KICKS = ("X..x......Xx....", "X......x..X..x..")
_SNARES = ("....X.......X..o", "....X..o.o..X...")
_SUB = "C2:.7 r:.05 C2:.25 r:.75 Eb2:.25 Ab1:1.4 r:.1 G1:.25 Bb1:.25"
_HOOK = "r:.5 G5:.25 F5:.25 Eb5:.5 G5:.25 C5:.75 Eb5:.25 C5:.25 D5:.5 Bb4:.5"
_SCRATCH_PUSH, _SCRATCH_PULL = 29, 30


def compose(rng: random.Random) -> Piece:
    """Five turns of a one-bar loop at 92 beats a minute."""
    drums = drum_part(POWER_KIT, volume=127, reverb=12)
    sub = Part("sub bass", 39, volume=92, reverb=0)
    piano = Part("electric piano", 4, pan=54, volume=94, reverb=25)
    flute = Part("flute", 73, pan=82, volume=98, reverb=55)
    for bar in range(BARS):
        beat = 4.0 * bar
        drums.steps(beat, _KICKS[bar % 2], KICK, 104)
        drums.steps(beat, _SNARES[bar % 2], SNARE, 102)
        drums.steps(beat, "x.x.x.xox.x.xox.", CLOSED_HAT, 76)
        if rng.random() < 0.5:
            drums.add(beat + 3.5, 0.4, OPEN_HAT, 62)
        sub.line(beat, _SUB, 112)
        piano.add(beat, 0.6, voicing("Cm9", 63), 88)
        piano.add(beat + 0.75, 0.2, voicing("Cm9", 63), 66)
        piano.add(beat + 1.75, 0.2, voicing("Abmaj9", 63), 72)
        piano.add(beat + 2, 1.2, voicing("Abmaj9", 63), 86)
        piano.add(beat + 3.5, 0.4, voicing("Gm7", 63), 76)
        if bar:  # the first turn is the beat alone
            flute.line(beat, _HOOK, 82 + rng.randint(-4, 4))
    drums.steps(3, ".x.o", _SCRATCH_PUSH, 96)
    drums.steps(3, "x.x.", _SCRATCH_PULL, 96)
    return Piece("hiphop", "Corner Loop", 92, BARS, 4, [drums, sub, piano, flute],
                 swing=0.62, swing_unit_beats=0.5, loudness_dbfs=-14.5)  # fmt: skip
