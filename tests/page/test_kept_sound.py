"""static/library/kept-sounds.js and its way to the page: a song that was heard before has its spectrogram, too."""

from __future__ import annotations

import numpy as np
import pytest

from tests.page.browser import Page
from tests.page.test_store import BEGIN, keep, recall
from tests.support import SONGS

SONG = SONGS / "metal.mp3"
SHOWN = "document.querySelector('#sound').checkVisibility()"
# What both canvases show of a short song, which is painted in one frame; and how much of them is inked.
PAINTED = """
for (let n = 0; n < 3; n += 1) await new Promise(requestAnimationFrame);
return [...document.querySelectorAll("#sound canvas")].map((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return [canvas.toDataURL(), data.filter((value, i) => i % 4 === 3 && value > 0).length / (data.length / 4)];
});
"""
# Waits until so many are kept; gives what they consist of.
KEPT_SOUNDS = """
const { openDB } = await load("vendor/idb-8.0.3/index.js");
const database = await openDB("genrescope");
while ((await database.count("sounds")) < args[0]) await new Promise((resolve) => setTimeout(resolve, 20));
const kept = await database.getAll("sounds");
database.close();
return kept.map((one) => [...Object.keys(one), ...Object.keys(one.sound)]);
"""
WANT_SOUND = "localStorage.setItem('genrescope:sound', 'true')"

# As the page kept analyses before it kept their sound.
MAKE_OLD = """
const { openDB } = await load("vendor/idb-8.0.3/index.js");
const database = await openDB("genrescope");
const kept = await database.getAll("analyses");
database.close();
await new Promise((resolve, reject) => {
  Object.assign(indexedDB.deleteDatabase("genrescope"), { onsuccess: resolve, onerror: reject });
});
const old = await openDB("genrescope", 1, { upgrade(database) {
  const analyses = database.createObjectStore("analyses", { keyPath: "key" });
  analyses.createIndex("fingerprint", "fingerprint");
  analyses.createIndex("used_ms", "used_ms");
} });
for (const one of kept) await old.put("analyses", one);
old.close();
return kept.length;
"""

# Sound of so many frames of three bands, each byte another.
SOUND = """
const soundOf = (n_frames) => ({
  frames: Uint8Array.from({ length: 4 * n_frames }, (_, i) => i % 251), n_bands: 3, frame_s: 0.1,
  loudest: 250, highest: 250,
});
const pause = () => new Promise((resolve) => setTimeout(resolve, 5)); // by the clock, in ms
const countSounds = async () => (await store.open()).count("sounds");
"""


def test_the_spectrogram_of_a_song_that_was_heard_before_is_the_first_ones(page: Page) -> None:
    page.run(WANT_SOUND)
    page.reload()
    keep(page, SONG)
    (tones, tones_share), (outline, outline_share) = page.run(PAINTED)
    assert tones_share > 0.5
    assert 0.1 < outline_share < 0.9
    named = ["key", "used_ms", "n_bytes", "sound", "frames", "n_bands", "frame_s", "loudest", "highest"]
    assert [sorted(fields) for fields in page.run(KEPT_SOUNDS, 1)] == [sorted(named)]  # no names, no sound
    page.reload()
    assert "store" in recall(page, SONG)["timings_ms"]
    page.wait_for(SHOWN)
    assert [canvas for canvas, _ in page.run(PAINTED)] == [tones, outline]


def test_what_was_kept_before_sounds_were_opens_and_says_why_it_has_none(page: Page) -> None:
    heard = keep(page, SONG)
    assert page.run(MAKE_OLD) == 1
    page.run(WANT_SOUND)
    page.reload()
    again = recall(page, SONG)
    assert "store" in again["timings_ms"]
    assert again["probabilities"] == heard["probabilities"]
    assert not page.driver.execute_script(f"return {SHOWN}")
    box = page.find("#show-sound")
    assert not box.is_enabled()
    assert page.find("#no-sound").text.startswith("This browser has kept the genres, but not the spectrogram")
    page.find("#forget").click()
    page.wait_for("document.querySelector('#kept').hidden")
    assert "decode" in recall(page, SONG)["timings_ms"]
    page.wait_for(SHOWN)
    assert box.is_enabled()
    assert not page.find("#no-sound").is_displayed()


def test_sound_is_kept_as_it_was_and_for_the_songs_asked_for_last(module_page: Page) -> None:
    script = """
    const small = new AnalysisStore({ most_sound_bytes: 900 });
    const files = [1, 2, 3].map(() => new Blob([random(1000)]));
    for (const file of files.slice(0, 2)) { await small.keep(file, pack(analysisOf(3)), soundOf(100)); await pause(); }
    const whole = await small.find(files[0], contract);
    await pause();
    await small.keep(files[2], pack(analysisOf(3)), soundOf(80));
    const found = await Promise.all(files.map((file) => small.find(file, contract)));
    const kept = JSON.stringify({ ...whole.sound, frames: [...whole.sound.frames] });
    return [kept === JSON.stringify({ ...soundOf(100), frames: [...soundOf(100).frames] }),
            found.map(({ packed }) => packed.duration_s), found.map(({ sound }) => sound?.frames.length ?? null)];
    """
    assert module_page.run(BEGIN + SOUND + script) == [True, [3, 3, 3], [400, None, 320]]


def test_sound_goes_with_its_song(module_page: Page) -> None:
    script = """
    const small = new AnalysisStore({ most_songs: 1 });
    for (let i = 0; i < 2; i += 1) {
      await small.keep(new Blob([random(1000)]), pack(analysisOf(3)), soundOf(5));
      await pause();
    }
    const n_sounds = await countSounds();
    await small.forget();
    return [n_sounds, await countSounds()];
    """
    assert module_page.run(BEGIN + SOUND + script) == [1, 0]


def test_where_there_is_no_room_for_the_sound_the_genres_are_kept(module_page: Page) -> None:
    script = """
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (value) {
      if (value.sound) throw new DOMException("full", "QuotaExceededError");
      return put.call(this, value);
    };
    const file = new Blob([random(1000)]);
    await store.keep(file, pack(analysisOf(3)), soundOf(5));
    const { packed, sound } = await store.find(file, contract);
    return [packed.duration_s, sound];
    """
    assert module_page.run(BEGIN + SOUND + script) == [3, None]


def test_sound_that_memory_has_no_room_for_is_found_in_the_store(module_page: Page) -> None:
    script = """
    const { Sounds } = await load("library/sounds.js");
    const { Song } = await load("library/song.js");
    const { SoundFrames } = await load("signal/sound-frames.js");
    const packed = { model: contract };
    const sound = { frames: new Uint8Array(1 << 21).fill(9), n_bands: 63, frame_s: 0.1, loudest: 9, highest: 9 };
    const asked = [];
    const world = { find: async (file, model) => (asked.push([file.name, model.name]), { packed, sound }) };
    const told = [];
    const sounds = new Sounds(world, (song, { n_columns }) => told.push([song.title, n_columns]));
    const songs = Array.from({ length: 9 }, (_, i) => new Song(new File(["x"], `song ${i}.mp3`), i));
    for (const song of songs) { sounds.put(song, SoundFrames.of(sound)); song.packed = packed; }
    const there = songs.map((song) => song.sound !== null);
    await sounds.find(songs[0]);
    return [there, asked, told.slice(-2)];
    """
    there, asked, told = module_page.run(BEGIN + script)
    assert there == [False, False] + [True] * 7
    assert asked == [["song 0.mp3", "some model"]]
    assert told == [["song 8", 32768], ["song 0", 32768]]


def test_songs_that_left_the_list_take_no_room_for_sound_from_those_that_are_there(module_page: Page) -> None:
    script = """
    const { Songs } = await load("library/songs.js");
    const { SoundFrames } = await load("signal/sound-frames.js");
    const nothing = () => {};
    const stage = new Proxy({}, { get: () => nothing });
    const loader = { get: () => new Promise(() => {}), abort: nothing };
    const watcher = new Proxy({}, { get: () => nothing });
    const songs = new Songs({ loader, store: {}, stage }, watcher);
    const sound = { frames: new Uint8Array(1 << 21).fill(9), n_bands: 63, frame_s: 0.1, loudest: 9, highest: 9 };
    const hear = (n) => {
      songs.add(Array.from({ length: n }, (_, i) => new File(["x"], `song ${i}.mp3`)), false);
      const heard = songs.list.slice(-n);
      for (const song of heard) songs._sounds.put(song, SoundFrames.of(sound));
      return heard;
    };
    const first = hear(4);
    const gone = hear(3);
    for (const song of gone) songs.remove(song);
    hear(3);
    return first.map((song) => song.sound !== null);
    """
    assert module_page.run(script) == [True] * 4


@pytest.mark.parametrize("n_frames", [10, 40_000])
def test_what_is_kept_makes_the_same_columns_again(module_page: Page, n_frames: int) -> None:
    script = """
    const { SoundFrames } = await load("signal/sound-frames.js");
    const frames = Uint8Array.from({ length: 4 * args[0] }, (_, i) => (i * 7919) % 256);
    const heard = new SoundFrames(3, 0.1);
    heard.push(frames);
    const kept = structuredClone(heard.whole());
    const again = SoundFrames.of(kept);
    return [heard, again].map((one) => ({
      columns: pack(one.columns(0, one.n_columns)), n_bytes: one.n_bytes, room: kept.frames.buffer.byteLength,
      numbers: [one.n_columns, one.column_s, one.loudest, one.highest],
    }));
    """
    heard, again = module_page.run(script, n_frames)
    np.testing.assert_array_equal(heard["columns"], again["columns"])
    assert heard["numbers"] == again["numbers"]
    assert heard["n_bytes"] == heard["room"] <= 4 * 32768
