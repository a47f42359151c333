"""static/engine/song.js: what the helpers give, in whatever order, becomes one song."""

from __future__ import annotations

from tests.page.browser import Page

# A song of three segments, of which the test answers the tasks itself. `rest` is what a source gives for "all from
# there on"; the log-mel of a part says by its level what it is.
BEGIN = """
const { fetchContract } = await load("contract.js");
const { Song } = await load("engine/song.js");
const contract = await fetchContract(contractUrl);
const { n_mels } = contract.signal_chain;
const segment = (what, first_frame) => ({ first_frame, audio: { kind: "mpeg", what } });
const rests = [];
const source = {
  async *segments() { yield* [segment("a", 0), segment("b", 128), segment("c", 256)]; },
  rest(first_frame) { rests.push(first_frame); return segment("rest", first_frame); },
};
const messages = [];
const song = new Song(1, contract, { tell: (message) => messages.push(message), wake: () => {} });
song.plan(source);
const next = async (abilities) => {
  await new Promise((resolve) => setTimeout(resolve));
  return song.nextTask({ windows: false, segments: true, ...abilities });
};
const timings_ms = { decode: 0, features: 0 };
const irregular = { is_irregular: true, timings_ms, rooms: [] };
const part = (level_db, time_s) => ({
  log_mel: new Float32Array(128 * n_mels).fill(level_db), sound: new Uint8Array(0), end: { time_s, fraction: 0.5 },
});
const windows = [];
const takeWindows = async () => {
  for (let task; (task = await next({ windows: true, segments: false })); ) windows.push(task.order.log_mel[0]);
};
"""


def test_two_segments_that_lose_their_place_side_by_side(module_page: Page) -> None:
    script = """
    const [a, b] = [await next(), await next()];
    a.onDone(irregular);
    const rest = await next();
    b.onDone(irregular);
    rest.onPart(part(-30, 10));
    await takeWindows();
    return { rests, windows, next: await next() };
    """
    assert module_page.run(BEGIN + script) == {"rests": [0], "windows": [-30], "next": None}


def test_the_first_of_two_segments_that_lose_their_place_counts(module_page: Page) -> None:
    script = """
    const [a, b] = [await next(), await next()];
    b.onDone(irregular);
    const of_b = await next();
    a.onDone(irregular);
    const of_a = await next();
    of_b.onPart(part(-50, 20));
    of_a.onPart(part(-30, 10));
    await takeWindows();
    return { rests, windows };
    """
    assert module_page.run(BEGIN + script) == {"rests": [128, 0], "windows": [-30]}


def test_a_song_that_is_over_reads_no_more_of_its_file(module_page: Page) -> None:
    """However much of it holds no frame: the next song has the workers to itself."""
    script = """
    const { openPackets } = await load("decode/packets/source.js");
    const { MpegSource } = await load("decode/mpeg/source.js");
    const file = new Blob([new Uint8Array(1 << 24)]);
    let n_read = 0;
    const counted = { size: file.size, slice: (...range) => { n_read += 1; return file.slice(...range); } };
    song.end();
    const mpeg = (async () => {
      for await (const one of new MpegSource(counted, 0, contract, song.signal).segments()) return one;
    })();
    const names = [mpeg, openPackets(counted, { container: "Ogg", first_byte: 0 }, contract, song.signal)];
    const ends = await Promise.all(names.map((end) => end.then(() => "went on", (error) => error.name)));
    return { ends, n_read, told: messages.length };
    """
    result = module_page.run(BEGIN + script)
    assert result["ends"] == ["AbortError", "AbortError"]
    assert result["n_read"] <= 2
    assert result["told"] == 0
