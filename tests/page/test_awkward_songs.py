"""Extra: licensed and awkward songs from outside the repository; the page's idea of each against ffmpeg's."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.page.browser import Page

CLOSE_S = 0.06  # decoders disagree about the last frame of a cut-off file, and about AAC's priming
# Where two decoders may rightly differ by more: damage in the middle (of 60 s ffmpeg hears 57.4), a rate that changes.
LOOSE_S = {"corrupt_middle_60kB.mp3": 1.0, "l3-nonstandard-he_44_48khz.bit": 0.2}

SONGS = (
    "lincity-ng/City-Blues.mp3",
    "tandemonium/Gold Rush.mp3",
    "openhv-timbeek/Pink Blue.ogg",
    "phonograph-holiznacc0/phonograph_album_holiznacc0_001-05-dangerous-voyage.ogg",
    "spleeter/audio_example_mono.mp3",
    *(f"rodio-formats/music.{ending}" for ending in ("m4a", "opus", "mp3", "ogg", "flac")),
    *(
        f"awkward/derived/{name}"
        for name in (
            "cityblues_20s_8k_mono.wav",
            "cityblues_2s_5.1.flac",
            "cityblues_48k_192k.mp3",
            "cityblues_6s_96k_24bit.flac",
            "cityblues_aac.m4a",
            "cityblues_mpeg2_22k_48k.mp3",
            "cityblues_vbr_v2_noxing.mp3",
            "clipped_40s.mp3",
            "corrupt_middle_60kB.mp3",
            "junk_prefix_300kB.mp3",
            "lobby_320k_id3v23_bigart.mp3",
            "name with spaces & ünïcödé (1) #%.mp3",
            "silence_35s.mp3",
            "truncated.ogg",
            "truncated_midframe.mp3",
            "veryquiet_40s.mp3",
        )
    ),
    "awkward/minimp3-vectors/l3-nonstandard-he_44_48khz.bit",
    "awkward/minimp3-vectors/l2-fl10.bit",
    "awkward/pydub/test-192khz-32bit.flac",
    "awkward/pydub/test5.webm",
    "awkward/tinytag/vbr8.mp3",
)
REFUSALS = {
    "awkward/derived/empty_0bytes.mp3": "This file is empty",
    "awkward/derived/html_named.mp3": "a web page, not a song",
    "awkward/derived/png_named.mp3": "a PNG picture, not a song",
    "awkward/derived/id3_only_no_audio.mp3": "no sound in this file",
    "awkward/derived/random_200kB.mp3": "no sound in this file",
    "awkward/derived/truncated_no_moov.m4a": "damaged or cut off",
    "awkward/derived/short_0.2s.mp3": "only 0.2 s long",
    "awkward/derived/short_0.9s.ogg": "only 0.9 s long",
    "awkward/pydub/test1_empty.wav": "damaged or cut off",
    "awkward/minimp3-fuzz/l3-compl-cut.mp3": "only 0.0 s long",
}


def ffmpeg_duration_s(song: Path) -> float:
    """Seconds of sound that ffmpeg decodes, at the file's own rate."""
    probe = [
        "ffprobe",
        "-v",
        "quiet",
        "-select_streams",
        "a:0",
        "-show_entries",
        "stream=sample_rate",
        "-of",
        "csv=p=0",
    ]
    rate = subprocess.run([*probe, song], check=True, capture_output=True, text=True).stdout.split()[0].strip(",")
    decode = ["ffmpeg", "-nostdin", "-v", "quiet", "-i", song, "-map", "0:a:0", "-ac", "1", "-f", "s16le", "-"]
    return len(subprocess.run(decode, check=False, capture_output=True).stdout) / 2 / int(rate)


@pytest.mark.parametrize("name", SONGS)
def test_as_long_as_ffmpeg_finds_it(visited_page: Page, other_peoples_songs: Path, name: str) -> None:
    song = other_peoples_songs / name
    tolerance_s = LOOSE_S.get(song.name, CLOSE_S)
    assert visited_page.analyse(song)["duration_s"] == pytest.approx(ffmpeg_duration_s(song), abs=tolerance_s)


@pytest.mark.parametrize(("name", "words"), REFUSALS.items())
def test_refused_in_words(visited_page: Page, other_peoples_songs: Path, name: str, words: str) -> None:
    assert words in visited_page.refusal(other_peoples_songs / name)
