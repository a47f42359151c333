"""Metal in E minor: galloping mutes and power chords, double kick, a lead harmonised in thirds."""

import random

from tests.songs.drums import (
    CHINA,
    CLOSED_HAT,
    CRASH,
    HIGH_TOM,
    KICK,
    LOW_TOM,
    MID_TOM,
    POWER_KIT,
    SNARE,
    drum_part,
)
from tests.songs.score import Amp, Part, Piece, pitch

BARS = 10
_RHYTHM_AMP = Amp(drive_db=30, level_db=1.5)
_LEAD_AMP = Amp(drive_db=26, level_db=-3, echo_s=0.24)
_GALLOP = "X.xx" * 4
_LEAD = (
    "E5:.5 G5:.25 F#5:.25 E5:.25 D5:.25 B4:.5 C5:.25 D5:.25 E5:.25 F#5:.25 G5:1 "
    "F#5:.25 G5:.25 A5:.5 G5:.25 F#5:.25 D5:.5 E5:.25 D5:.25 C5:.25 D5:.25 B4:1 "
    "E5:.25 F#5:.25 G5:.25 A5:.25 B5:1 A5:.25 G5:.25 F#5:.25 G5:.25 A5:1 "
    "G5:.25 F#5:.25 E5:.25 D5:.25 C5:.5 B4:.5 F#5:.25 E5:.25 D#5:.25 F#5:.25 B5:1"
)
_THIRD_BELOW = {
    "E5": "C5", "G5": "E5", "F#5": "D5", "D5": "B4", "B4": "G4", "C5": "A4", "A5": "F#5", "B5": "G5",
    "D#5": "B4",
}  # fmt: skip
# Each bar of the riff ends in two power chords: bar number modulo 4 -> the roots on beats 3 and 4.
_ENDINGS = (("G2", "F#2"), ("C3", "D3"), ("G2", "A2"), ("C3", "B2"))


def compose(rng: random.Random) -> Piece:
    """Ten bars at 184 beats a minute: the riff, then the same under a lead with the feet in sixteenths."""
    lead = Part("lead guitar", 27, pan=50, amp=_LEAD_AMP)
    harmony = Part("harmony guitar", 27, pan=78, amp=_LEAD_AMP)
    lead.line(16, _LEAD, 104)
    harmony.line(16, " ".join(f"{_THIRD_BELOW[note]}:{length}" for note, length in _lead_notes()), 98)
    bass = Part("bass", 34, volume=112, reverb=5)
    guitars = [part for pan in (0, 127) for part in _rhythm_guitar(pan)]
    for bar in range(BARS):
        bass.steps(4 * bar, _GALLOP[:8], pitch("E1"), 108)
        for beat, name in zip((2, 3), _ENDINGS[bar % 4], strict=True):
            bass.add(4 * bar + beat, 0.9, pitch(name) - 12, 112)
    return Piece("metal", "Iron Gallop", 184, BARS, 8, [_drums(rng), bass, *guitars, lead, harmony],
                 loudness_dbfs=-12.5)  # fmt: skip


def _lead_notes() -> list[tuple[str, str]]:
    return [(note, length) for note, _, length in (token.partition(":") for token in _LEAD.split())]


def _rhythm_guitar(pan: int) -> list[Part]:
    """Muted and open strings of one guitar, hard to one side."""
    muted = Part("muted guitar", 28, pan=pan, volume=120, amp=_RHYTHM_AMP)
    chords = Part("power chords", 27, pan=pan, volume=100, amp=_RHYTHM_AMP)
    low = pitch("E2")
    for bar in range(BARS):
        muted.steps(4 * bar, _GALLOP[:8], [low, low + 7], 110)
        for beat, name in zip((2, 3), _ENDINGS[bar % 4], strict=True):
            tonic = pitch(name)
            chords.add(4 * bar + beat, 0.92, [tonic, tonic + 7, tonic + 12], 112)
    return [muted, chords]


def _drums(rng: random.Random) -> Part:
    drums = drum_part(POWER_KIT, volume=120, reverb=20)
    for bar in range(BARS):
        drums.steps(4 * bar, _GALLOP if bar < 4 else "XxxxXxxxXxxxXxxx", KICK, 104)
        drums.steps(4 * bar, "....X.......X...", SNARE, 112)
        if bar < 4:
            drums.steps(4 * bar, "X...X...X...X...", CLOSED_HAT, 92)
        else:
            drums.steps(4 * bar, "X...X...X...X...", CHINA if bar >= 8 else CRASH, 74)
        if bar % 4 == 0:
            drums.add(4 * bar, 1, CRASH, 112)
    drums.steps(15, "xx..", HIGH_TOM, 104)
    drums.steps(15, "..xx", rng.choice((MID_TOM, LOW_TOM)), 108)
    return drums
