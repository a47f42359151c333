"""model/audio.py against real files, made here by ffmpeg or bent by hand."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from model.audio import (
    AudioError,
    AudioLimits,
    BrokenAudio,
    DecodeTimeout,
    NotAudio,
    TooLong,
    UnsupportedAudio,
    open_audio,
)
from model.decoders import BLOCK_VALUES, Pcm, ProcessBounds, start_ffmpeg
from tests.support import make_audio

STEREO = "aevalsrc=0.5*sin(2*PI*440*t)|0.25*sin(2*PI*660*t):d=3:s=44100"


def decode(path: Path) -> tuple[Pcm, int]:
    """All of a file, [n, channels], and its rate."""
    with open_audio(path, AudioLimits(timeout_s=30)) as audio:
        return np.concatenate(list(audio)), audio.sample_rate_hz


def sine(n: int, hz: float, rate_hz: int, amplitude: float) -> Pcm:
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(n) / rate_hz)).astype(np.float32)


@pytest.mark.parametrize("codec", [["-c:a", "pcm_s16le"], ["-c:a", "pcm_s24le"], ["-c:a", "pcm_f32le"]])
def test_wav_samples_are_exact_in_both_channels(tmp_path: Path, codec: list[str]) -> None:
    pcm, rate_hz = decode(make_audio(tmp_path / "a.wav", *codec, source=STEREO))
    assert (pcm.shape, pcm.dtype, rate_hz) == ((3 * 44100, 2), np.float32, 44100)
    half_step = 1.0 / 2**16  # of 16-bit samples
    assert np.abs(pcm[:, 0] - sine(len(pcm), 440, 44100, 0.5)).max() < 2 * half_step
    assert np.abs(pcm[:, 1] - sine(len(pcm), 660, 44100, 0.25)).max() < 2 * half_step


@pytest.mark.parametrize("rate_hz", [8000, 11025, 22050, 32000, 48000, 96000, 192000])
def test_rate_is_the_files_own(tmp_path: Path, rate_hz: int) -> None:
    pcm, got_hz = decode(make_audio(tmp_path / "a.flac", "-ar", str(rate_hz)))
    assert (got_hz, pcm.shape) == (rate_hz, (3 * rate_hz, 1))


def test_six_channels_stay_six(tmp_path: Path) -> None:
    pcm, _ = decode(make_audio(tmp_path / "a.flac", "-ac", "6"))
    assert pcm.shape[1] == 6


def test_mp3_is_gapless(tmp_path: Path) -> None:
    pcm, rate_hz = decode(make_audio(tmp_path / "a.mp3", "-b:a", "192k", source=STEREO))
    assert (len(pcm), rate_hz) == (3 * 44100, 44100)
    error = np.abs(pcm[:, 0] - sine(len(pcm), 440, 44100, 0.5))
    assert error[44100:88200].max() < 0.03  # one sample late would be 0.03 at this frequency


@pytest.mark.parametrize("suffix", ["mp3", "flac"])
@pytest.mark.parametrize("n_channels", [1, 2])
def test_mono_is_the_mean_of_the_channels(tmp_path: Path, suffix: str, n_channels: int) -> None:
    source = "aevalsrc=0.5*sin(2*PI*440*t)|-0.3*sin(2*PI*440*t+t*t):d=40:s=44100"
    path = make_audio(tmp_path / f"a.{suffix}", "-ac", str(n_channels), source=source)
    with open_audio(path) as audio:
        mono = np.concatenate(list(audio.mono()))
    np.testing.assert_allclose(mono, decode(path)[0].mean(axis=1, keepdims=True), atol=1e-7)


def test_blocks_stay_as_they_were(tmp_path: Path) -> None:
    """Also where a decoder uses its memory again: a song of many blocks, all of them kept."""
    path = make_audio(tmp_path / "a.mp3", source="anoisesrc=duration=60:sample_rate=44100:seed=1")
    with open_audio(path) as audio:
        at_once = [block.copy() for block in audio]
    with open_audio(path) as audio:
        kept = list(audio)
    np.testing.assert_array_equal(np.concatenate(kept), np.concatenate(at_once))


@pytest.mark.parametrize(
    "suffix",
    ["mp3", "ogg", "opus", "flac", "m4a", "aac", "aiff", "wv", "mka", "webm", "ac3", "wma", "caf", "avi"],
)
def test_formats(tmp_path: Path, suffix: str) -> None:
    pcm, rate_hz = decode(make_audio(tmp_path / f"a.{suffix}", source=STEREO))
    assert len(pcm) / rate_hz == pytest.approx(3, abs=0.1)
    assert np.sqrt(np.mean(np.square(pcm[:, 0]))) == pytest.approx(0.5 / np.sqrt(2), rel=0.1)


def test_blocks_are_bounded_and_whole(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.wav", source="sine=440:duration=20:sample_rate=44100")
    with open_audio(path) as audio:
        lengths = [len(block) for block in audio]
    assert sum(lengths) == 20 * 44100
    assert max(lengths) <= BLOCK_VALUES
    assert len(lengths) == 4


def test_album_art_is_not_a_sound_track(tmp_path: Path) -> None:
    song, art = make_audio(tmp_path / "a.mp3"), tmp_path / "art.png"
    make_audio(art, "-frames:v", "1", source="testsrc=size=600x600")
    with_art = tmp_path / "b.mp3"
    make_audio(with_art, "-i", str(song), "-i", str(art), "-map", "1:a", "-map", "2:v", "-c", "copy")
    assert np.array_equal(decode(with_art)[0], decode(song)[0])


def test_sound_of_a_video(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.mp4", "-f", "lavfi", "-i", "testsrc=size=64x64:duration=3", "-shortest")
    assert len(decode(path)[0]) == pytest.approx(3 * 44100, abs=2048)  # AAC ends on a whole frame


@pytest.mark.parametrize(
    "name", ["-i.mp3", "%d.mp3", "a b;$(touch x)`.mp3", "http:a.mp3", "ünï 歌\n.mp3", "concat:a|b", "pipe:0"]
)
def test_any_name_is_only_a_name(tmp_path: Path, name: str) -> None:
    path = make_audio(tmp_path / "a.mp3").rename(tmp_path / name)
    assert len(decode(path)[0]) == 3 * 44100


def test_truncated_file_yields_what_it_has(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.mp3", "-b:a", "128k")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    pcm, rate_hz = decode(path)
    assert len(pcm) / rate_hz == pytest.approx(1.5, abs=0.1)


def test_damage_in_the_middle_costs_only_the_middle(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.mp3", "-b:a", "128k", source="sine=440:duration=10")
    data = bytearray(path.read_bytes())
    data[50_000:60_000] = np.random.default_rng(0).bytes(10_000)
    path.write_bytes(data)
    pcm, rate_hz = decode(path)
    assert 9 < len(pcm) / rate_hz <= 10


def test_numbers_that_are_not_finite_become_silence(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.wav", "-c:a", "pcm_f32le")
    data = bytearray(path.read_bytes())
    data[-4000:] = np.array([np.nan, np.inf, -np.inf, 0.5] * 250, "<f4").tobytes()
    path.write_bytes(data)
    pcm, _ = decode(path)
    assert pcm[-4:, 0].tolist() == [0, 0, 0, 0.5]


def test_wav_without_samples_is_broken(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.wav", "-bitexact", source="sine=440:duration=0.001")
    path.write_bytes(path.read_bytes()[:44])
    with pytest.raises(BrokenAudio, match="no sound could be decoded"):
        decode(path)


def write_not_audio(folder: Path, kind: str) -> Path:
    path = folder / "a.mp3"
    match kind:
        case "empty":
            path.write_bytes(b"")
        case "html":
            path.write_text("<!doctype html><title>Not found</title>" * 50)
        case "noise":
            path.write_bytes(np.random.default_rng(1).bytes(200_000))
        case "png":
            make_audio(folder / "a.png", "-frames:v", "1", source="testsrc").rename(path)
        case "video":
            make_audio(folder / "a.mp4", source="testsrc=size=64x64:duration=1").rename(path)
    return path


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("empty", "empty"),
        ("html", "not an audio file"),
        ("noise", "not an audio file"),
        ("png", "not an audio file"),
        ("video", "no sound track"),
    ],
)
def test_not_audio(tmp_path: Path, kind: str, message: str) -> None:
    with pytest.raises(NotAudio, match=message) as caught:
        open_audio(write_not_audio(tmp_path, kind))
    assert caught.value.code == "not_audio"
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("suffix", ["m4a", "flac", "ogg", "wav"])
def test_audio_cut_off_in_its_header_is_broken(tmp_path: Path, suffix: str) -> None:
    path = make_audio(tmp_path / f"a.{suffix}")
    path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(BrokenAudio, match="damaged") as caught:
        open_audio(path)
    assert caught.value.decoder_said


def test_flac_whose_frames_are_noise_is_broken(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.flac")
    path.write_bytes(path.read_bytes().split(b"\xff\xf8")[0] + np.random.default_rng(2).bytes(90_000))
    with pytest.raises(BrokenAudio, match="no sound could be decoded"):
        decode(path)


@pytest.mark.parametrize(("rate_hz", "kind"), [(1, BrokenAudio), (999, BrokenAudio), (4_000_000, UnsupportedAudio)])
def test_rates_that_no_sound_has_are_refused(tmp_path: Path, rate_hz: int, kind: type[AudioError]) -> None:
    path = make_audio(tmp_path / "a.wav")
    data = bytearray(path.read_bytes())
    data[24:28] = rate_hz.to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(kind, match=f"{rate_hz} samples a second"):
        open_audio(path)


def test_more_channels_or_samples_a_second_than_allowed_are_refused(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.wav", source=STEREO)
    with pytest.raises(UnsupportedAudio, match="2 channels; at most 1"):
        open_audio(path, AudioLimits(max_channels=1))
    with pytest.raises(UnsupportedAudio, match="44100 samples a second; at most 44099"):
        open_audio(path, AudioLimits(max_sample_rate_hz=44099))
    with open_audio(path, AudioLimits(max_channels=2, max_sample_rate_hz=44100)) as audio:
        assert audio.channels == 2


@pytest.mark.skipif(sys.platform != "linux", reason="no process is bounded there")
@pytest.mark.parametrize("suffix", ["flac", "mp3"])
def test_a_decoder_has_no_more_memory_than_allowed(tmp_path: Path, suffix: str) -> None:
    path = make_audio(tmp_path / f"a.{suffix}", source=STEREO)
    with pytest.raises(UnsupportedAudio, match="takes more than the 4 MB"):
        list(open_audio(path, AudioLimits(memory_mb=4)))
    with open_audio(path, AudioLimits(memory_mb=200)) as audio:
        assert sum(map(len, audio)) == 3 * 44100


@pytest.mark.skipif(sys.platform != "linux", reason="no process is bounded there")
def test_a_decoder_has_no_more_of_a_core_than_allowed(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.mp3", source=STEREO)
    path.write_bytes(path.read_bytes() * 1500)  # more than an hour
    decoder = start_ffmpeg(path, ProcessBounds(cpu_s=1))
    try:
        header = decoder.read_header()
        assert header is not None
        n_samples = sum(map(len, decoder.blocks(header[0])))
        assert decoder.ran_out_of_time()
        assert n_samples < 1500 * 3 * 44100
    finally:
        decoder.close()


SCRIPTS = {
    "hls": "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{song}\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile '{song}'\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
    "<AdaptationSet><Representation><BaseURL>{song}</BaseURL></Representation></AdaptationSet></Period></MPD>",
    "sbg": "-SE\nbase: 200+10/10\n00:00 base\n00:10 base\n",  # a script of beats, which ffmpeg would play
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
}


@pytest.mark.parametrize("kind", SCRIPTS)
def test_playlists_and_scripts_open_nothing(tmp_path: Path, kind: str) -> None:
    song = make_audio(tmp_path / "song.wav")
    script = tmp_path / "a.mp3"
    script.write_text(SCRIPTS[kind].format(song=song))
    with pytest.raises(NotAudio):
        open_audio(script, AudioLimits(timeout_s=20))


def test_too_long(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.flac", source="anullsrc=duration=200")
    with (
        open_audio(path, AudioLimits(max_duration_s=120)) as audio,
        pytest.raises(TooLong, match="longer than 2 minutes"),
    ):
        list(audio)
    with open_audio(path, AudioLimits(max_duration_s=200)) as audio:
        assert sum(map(len, audio)) == 200 * audio.sample_rate_hz


def test_decoding_ends_at_the_timeout(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.flac", source="anullsrc=duration=300")

    def listen_slowly() -> None:
        with open_audio(path, AudioLimits(timeout_s=0.3)) as audio:
            for _ in audio:
                time.sleep(0.2)

    with pytest.raises(DecodeTimeout, match=r"0\.3 s"):
        listen_slowly()


def open_things() -> tuple[int, int]:
    """Threads and file descriptors of this process."""
    return threading.active_count(), sum(1 for _ in Path("/dev/fd").iterdir())


@pytest.mark.parametrize("suffix", ["flac", "mp3"])
def test_close_ends_the_decoder_and_leaves_nothing(tmp_path: Path, suffix: str) -> None:
    path = make_audio(tmp_path / f"a.{suffix}", source="anullsrc=duration=300")
    before = open_things()
    audio = open_audio(path, AudioLimits(timeout_s=60))
    process = audio._decoder._process
    next(iter(audio))
    assert process.poll() is None
    audio.close()
    audio.close()
    assert process.poll() is not None
    assert open_things() == before


def test_failed_open_leaves_nothing(tmp_path: Path) -> None:
    path = write_not_audio(tmp_path, "noise")
    before = open_things()
    with pytest.raises(NotAudio):
        open_audio(path, AudioLimits(timeout_s=60))
    assert open_things() == before


def test_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_audio(tmp_path / "none.mp3")


def test_missing_ffmpeg_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_audio(tmp_path / "a.wav")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="ffmpeg is not installed"):
        open_audio(path)


def test_awkward_files_end_in_sound_or_a_known_error(other_peoples_songs: Path) -> None:
    files = [path for path in sorted((other_peoples_songs / "awkward").rglob("*")) if path.is_file()]
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(outcome, files))
    assert len(files) > 300
    assert {code for code in outcomes if isinstance(code, str)} == {"not_audio", "broken_audio"}
    assert sum(isinstance(seconds, float) for seconds in outcomes) >= 220


def outcome(path: Path) -> float | str:
    """Seconds of sound, or the code of the error."""
    try:
        pcm, rate_hz = decode(path)
    except AudioError as error:
        return error.code
    assert np.isfinite(pcm).all()
    return len(pcm) / rate_hz
