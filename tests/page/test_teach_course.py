"""static/teach/course.js: what becomes of songs and genres, with an ear that hears what the test says."""

from __future__ import annotations

import pytest

from tests.page.browser import Page

COURSE = """
const { Course } = await load("teach/course.js");
const heard = (file) => Float32Array.of(file.size, file.name === "broken.mp3" ? NaN : 1);
const ear = { embed: async (file) => ({ mean: heard(file), stretches: [heard(file)] }), abort() {} };
let whenChanged = () => {};
const course = new Course(ear, { onChange: () => whenChanged(), onProgress() {} });
const file = (name, content = name) => new File([content], name);
const rest = async () => {
  while (course.n_to_be_heard > 0) await new Promise((resolve) => (whenChanged = resolve));
};
const told = () => course.genres.map(({ name, songs }) =>
  [name, songs.map(({ state, problem }) => problem ? problem.code : state)]);
"""


def test_a_song_in_two_genres_stays_in_the_one_that_it_is_not_taken_out_of(module_page: Page) -> None:
    script = """
    const [a, b] = [course.addGenre("a"), course.addGenre("b")];
    course.addSongs(a, [file("song.mp3")]);
    course.addSongs(b, [file("song.mp3")]);
    await rest();
    const before = told();
    course.rename(a, "renamed");
    const holder = b.songs[0].problem.details.holder.name;
    course.removeSong(a, a.songs[0]);
    await rest();
    return { before, holder, after: told() };
    """
    found = module_page.run(COURSE + script)
    assert found["before"] == [["a", ["done"]], ["b", ["taught-twice"]]]
    assert found["holder"] == "renamed"
    assert found["after"] == [["renamed", []], ["b", ["done"]]]


def test_a_song_whose_numbers_are_none_is_refused(module_page: Page) -> None:
    script = """
    course.addSongs(course.addGenre("a"), [file("broken.mp3"), file("song.mp3")]);
    await rest();
    return { told: told(), n_known: course.known[0].songs.length };
    """
    assert module_page.run(COURSE + script) == {"told": [["a", ["broken-audio", "done"]]], "n_known": 1}


@pytest.mark.parametrize("name", ["  Caf\u00e9 ", "Cafe\u0301"])
def test_a_folder_called_as_a_genre_adds_to_it(module_page: Page, name: str) -> None:
    script = """
    const genre = course.addGenre("Caf\\u00e9");
    course.addGenre();
    return [course.genreFor(args[0]) === genre, course.genreFor("new") === course.genres[1], course.genres.length];
    """
    assert module_page.run(COURSE + script, name) == [True, True, 2]


def test_there_are_no_more_genres_than_a_network_may_have_and_their_names_are_short(module_page: Page) -> None:
    script = """
    const { MOST_GENRES } = await load("contract.js");
    for (let n = 0; n < MOST_GENRES; n += 1) course.addGenre(`genre ${n}`);
    course.rename(course.genres[0], "x".repeat(59) + "\\u{1f3bb} and more");
    return [course.genreFor("one more"), course.genres.length - MOST_GENRES, course.genres[0].name];
    """
    assert module_page.run(COURSE + script) == [None, 0, "x" * 59]


TAKE_OVER = """
const hashOf = async (name) => {
  const { contentHash } = await load("library/content-hash.js");
  return contentHash(file(name));
};
const [one, two, three] = await Promise.all(["one.mp3", "two.mp3", "three.mp3"].map(hashOf));
const heardBefore = (...hashes) => new Map(hashes.map((hash) => [hash, { mean: heard(file("x")), stretches: [] }]));
const kept = (genres, ...hashes) => ({ genres, embeddings: heardBefore(...hashes), fit: null, is_outdated: false });
const before = [{ id: "1", name: "a", hashes: [one, two] }, { id: "2", name: "b", hashes: [] }];
course.takeOver(kept(before, one, two), []);
const [a, b] = course.genres;
const now = () => course.genres.map(({ name, songs }) =>
  [name, songs.map(({ hash, problem }) => problem?.code ?? [one, two, three].indexOf(hash) + 1)]);
"""


def test_what_two_tabs_changed_is_put_together(module_page: Page) -> None:
    script = """
    course.rename(a, "ours");
    course.removeSong(a, a.songs[0]);
    const added = course.addGenre("new here");
    course.addSongs(added, [file("two.mp3", "not yet heard")]);
    const theirs = [
      { id: "2", name: "theirs", hashes: [three] },
      { id: "1", name: "a", hashes: [one, two] },
      { id: "3", name: "new there", hashes: [] },
    ];
    course.takeOver(kept(theirs, one, two, three), before);
    const songs = added.songs.length;
    return { now: now().slice(0, 3), is_same: course.genres[1] === a && course.genres[3] === added, songs };
    """
    found = module_page.run(COURSE + TAKE_OVER + script)
    assert found == {"now": [["theirs", [3]], ["ours", [2]], ["new there", []]], "is_same": True, "songs": 1}


def test_what_one_tab_took_out_stays_where_the_other_has_added_to_it(module_page: Page) -> None:
    script = """
    course.addSongs(a, [file("three.mp3")]);
    await rest();
    course.takeOver(kept([]), before);
    return now();
    """
    assert module_page.run(COURSE + TAKE_OVER + script) == [["a", [3]], ["", []]]


def test_a_song_that_two_tabs_gave_to_different_genres_is_in_one(module_page: Page) -> None:
    script = """
    course.addSongs(b, [file("three.mp3")]);
    await rest();
    course.takeOver(kept([{ ...before[0], hashes: [one, two, three] }, before[1]], one, two, three), before);
    return now();
    """
    assert module_page.run(COURSE + TAKE_OVER + script) == [["a", [1, 2, 3]], ["b", ["taught-twice"]]]


def test_a_tab_in_which_nothing_was_begun_shows_what_another_has(module_page: Page) -> None:
    script = """
    course.clear();
    course.makeRoom();
    course.takeOver(kept([{ id: "7", name: "there", hashes: [one] }], one), []);
    return now();
    """
    assert module_page.run(COURSE + TAKE_OVER + script) == [["there", [1]], ["", []]]


def test_of_a_song_that_is_only_learned_from_little_is_told_and_no_sound(module_page: Page) -> None:
    script = """
    const { Song } = await load("engine/song.js");
    const contract = await (await fetch("model/contract.json")).json();
    const told = [];
    const song = new Song(1, contract, { tell: ({ kind }) => told.push(kind), wake() {} }, "embedding");
    const segment = { first_frame: 0, n_frames: 100, audio: { kind: "none" } };
    song.plan({ segments: async function* () { yield segment; } });
    await new Promise((resolve) => setTimeout(resolve));
    const task = song.nextTask({ windows: false, segments: true });
    const started_ms = performance.now();
    for (let time_s = 1; time_s <= 100; time_s += 1) {
      const log_mel = new Float32Array(contract.signal_chain.n_mels);
      task.onPart({ log_mel, sound: new Uint8Array(8), end: { time_s, fraction: time_s / 1000 } });
    }
    return { told, most: 1 + (performance.now() - started_ms) / 60 };
    """
    found = module_page.run(script)
    assert set(found["told"]) == {"progress"}
    assert len(found["told"]) <= found["most"]
