"""Chicago shuffle in A, the last eight bars of twelve: boogie guitar, lead guitar, harmonica."""

import random

from tests.songs.drums import CLOSED_HAT, CRASH, KICK, SNARE, STANDARD_KIT, drum_part
from tests.songs.score import Amp, Part, Piece, root, voicing

CHORDS = ("D7", "D7", "A7", "A7", "E7", "D7", "A7", "A7")
_WALK = (0, 4, 7, 9, 10, 9, 7, 4)  # the box: root, third, fifth, sixth, seventh and back
_GUITAR = (
    (0, "r:.5 /2D5:.5 C5:.5 A4:.5 C5:1 A4:.5 G4:.5 A4:1.5 r:.5 /1C5:.5 A4:.5 G4:.5 E4:.5 A4:1.5"),
    (15, "E5:.5 G5:.5 /2B5:1 A5:.5 G5:.5 E5:.5 D5:.5 E5:1"),
    (20, "/2D5:.5 C5:.5 A4:.5 C5:.5 D5:.5 C5:.5 A4:.5 G4:.5 A4:2"),
    (28, "C#5+G5:.5 A5:.5 C5+F#5:.5 A5:.5 B4+F5:.5 A5:.5 A4+E5:1"),
)
_HARMONICA = (
    (8, "r:.5 /2E5:.5 G5:.5 E5:.5 D5:.5 C5:.5 /1C#5:.5 A4:.5 A4:1 r:.5 C5:.5 D5:.5 /1Eb5:.5 D5:.5 C5:.5"),
    (24, "r:.5 E5:.5 G5:1 /1E5:.5 D5:.5 C5:.5 A4:.5 A4:3"),
)


def compose(rng: random.Random) -> Piece:
    """Eight bars at 134 beats a minute, eighths as long-short triplets."""
    lead = Part("lead guitar", 27, pan=52, amp=Amp(drive_db=14, level_db=-5, echo_s=0.11))
    harmonica = Part("harmonica", 22, pan=80, volume=98, reverb=60)
    for beat, text in _GUITAR:
        lead.line(beat, text, 96)
    for beat, text in _HARMONICA:
        harmonica.line(beat, text, 104)
    return Piece(
        "blues", "Last Eight of Twelve", 134, len(CHORDS), 6,
        [_drums(rng), _bass(), _boogie(), _piano(rng), lead, harmonica], swing=2 / 3, loudness_dbfs=-15.5,
    )  # fmt: skip


def _drums(rng: random.Random) -> Part:
    drums = drum_part(STANDARD_KIT, volume=127)
    drums.add(0, 1, CRASH, 88)
    for bar in range(len(CHORDS)):
        drums.steps(4 * bar, "X.Xo", KICK, 86, step=1)
        drums.steps(4 * bar, ".X.X", SNARE, 88, step=1)
        drums.steps(4 * bar, "XoXoXoXo", CLOSED_HAT, 76, step=0.5)
        if rng.random() < 0.6:
            drums.add(4 * bar + rng.choice((1.5, 3.5)), 0.3, SNARE, 42)
    return drums


def _bass() -> Part:
    bass = Part("bass", 33, volume=92, reverb=10)
    for bar, chord in enumerate(CHORDS):
        half = _WALK[4:] if bar and CHORDS[bar - 1] == chord else _WALK[:4]
        for beat, interval in enumerate(half):
            bass.add(4 * bar + beat, 0.9, root(chord, 31) + interval, 96)
    return bass


def _boogie() -> Part:
    """Root and fifth, root and sixth: two of each, all chorus long."""
    guitar = Part("rhythm guitar", 27, pan=30, amp=Amp(drive_db=5, level_db=-9))
    for bar, chord in enumerate(CHORDS):
        low = root(chord, 40)
        for eighth in range(8):
            upper = 9 if eighth % 4 >= 2 else 7
            guitar.add(4 * bar + eighth / 2, 0.36, [low, low + upper], 92 if eighth % 2 == 0 else 74)
    return guitar


def _piano(rng: random.Random) -> Part:
    piano = Part("piano", 0, pan=92, volume=100)
    for bar, chord in enumerate(CHORDS):
        for beat in rng.choice(((0.5, 2.5), (1.5, 3.5), (0.5, 1.5, 3.5))):
            piano.add(4 * bar + beat, 0.3, voicing(chord, 66), 78)
    return piano
