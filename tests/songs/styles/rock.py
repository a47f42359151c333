"""Rock in A: two overdriven guitars in power chords, picked bass, a hard backbeat, lead guitar, organ."""

import random

from tests.songs.drums import CRASH, HIGH_TOM, KICK, LOW_TOM, MID_TOM, OPEN_HAT, POWER_KIT, SNARE, drum_part
from tests.songs.score import Amp, Part, Piece, root, voicing

CHORDS = ("A", "G", "D", "A", "A", "G", "D", "E")
_RHYTHM_AMP = Amp(drive_db=18, level_db=-0.5)
_RIFF = (0, 0, 2, 2, 3, 2, 0, 0)  # eighths, semitones above the fifth: the boogie of hard rock
_LEAD = (
    "/2E5:1 D5:.5 C5:.5 A4:.5 C5:.5 D5:.5 /2E5:1.5 D5:.5 B4:.5 G4:.5 A4:.5 B4:.5 D5:.5 "
    "/2F#5:1 A5:.5 F#5:.5 E5:.5 D5:.5 F#5:.5 A5:1 /2B5:1 A5:.5 G#5:.5 E5:.5 B4:1"
)


def compose(rng: random.Random) -> Piece:
    """Eight bars at 140 beats a minute; the lead comes in at the fifth."""
    lead = Part("lead guitar", 27, pan=58, amp=Amp(drive_db=22, level_db=-4, echo_s=0.2))
    lead.line(16, _LEAD, 104)
    left, right = _strummed(rng), _riffing()
    bass, organ = Part("bass", 34, volume=116, reverb=10), Part("organ", 18, pan=84, volume=86)
    for bar, chord in enumerate(CHORDS):
        bass.steps(4 * bar, "XxxxXxxx", root(chord, 28), 102, step=0.5)
        organ.add(4 * bar, 4, voicing(chord, 62), 84)
    return Piece("rock", "Garage Door", 140, len(CHORDS), 6, [_drums(), bass, organ, left, right, lead],
                 loudness_dbfs=-13.5)  # fmt: skip


def _strummed(rng: random.Random) -> Part:
    guitar = Part("left guitar", 27, pan=4, amp=_RHYTHM_AMP)
    for bar, chord in enumerate(CHORDS):
        tonic = root(chord, 40)
        guitar.add(4 * bar, 1.4, [tonic, tonic + 7, tonic + 12], 108)
        rhythm = rng.choice(("...X.XxX", "...X.X.X", "...XxX.X"))
        guitar.steps(4 * bar, rhythm, [tonic, tonic + 7, tonic + 12], 98, step=0.5)
    return guitar


def _riffing() -> Part:
    guitar = Part("right guitar", 27, pan=123, amp=_RHYTHM_AMP)
    for bar, chord in enumerate(CHORDS):
        tonic = root(chord, 40)
        for eighth, above in enumerate(_RIFF):
            guitar.add(4 * bar + eighth / 2, 0.45, [tonic, tonic + 7 + above], 104 - 6 * (eighth % 2))
    return guitar


def _drums() -> Part:
    drums = drum_part(POWER_KIT, volume=116)
    for bar in range(len(CHORDS)):
        drums.steps(4 * bar, "X..xX.x." if bar % 2 else "X...X...", KICK, 106, step=0.5)
        drums.steps(4 * bar, "..X...X.", SNARE, 112, step=0.5)
        drums.steps(4 * bar, "XxXxXxXx", OPEN_HAT, 74, step=0.5)
        if bar % 4 == 0:
            drums.add(4 * bar, 1, CRASH, 110)
    for number, drum in enumerate((SNARE, HIGH_TOM, MID_TOM, LOW_TOM)):
        drums.steps(31 + number / 4, "X", drum, 100)
    return drums
