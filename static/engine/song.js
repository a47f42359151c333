/**
 * One song on its way through the helpers: which segment or window is next, and how what they give becomes rows in
 * the song's order.
 */

import { EmbeddingStream } from "../network/embedding.js";
import { RowStream } from "../network/rows.js";
import { StepJoiner, WindowCutter } from "../network/windows.js";
import { InOrder } from "./in-order.js";
import { joinedBytes, release } from "../arrays.js";
import * as protocol from "./protocol.js";
import { Rooms } from "./rooms.js";
import { SongError } from "./song-error.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("../decode/frame-ranges.js").FrameRange} FrameRange
 * @typedef {import("../decode/frame-ranges.js").Segment} Segment
 * @typedef {import("../network/windows.js").Window} Window
 * @typedef {import("./helpers.js").Task} Task
 * @typedef {import("./segment-task.js").Part} Part
 *
 * @typedef {object} Source where the segments come from
 * @property {(ranges?: Iterable<FrameRange>) => AsyncIterable<Segment>} segments in the song's order
 * @property {() => Iterable<FrameRange>} [ranges] the analysis', where what lies before a segment has to be read
 * @property {(first_frame: number) => Segment} [rest] all from there on, for where a segment proved to be irregular
 *
 * @typedef {"rows" | "embedding"} Wanted what is to come of it: a chart, or what a network can be taught by
 *
 * @typedef {object} Surroundings
 * @property {(message: {kind: string, [field: string]: any}) => void} tell the page
 * @property {() => void} wake the helpers: there is something to do
 */

/** Segments made ready before anyone asks for them. */
const SEGMENTS_AHEAD = 2;
/** The page is told at most this often: drawing takes from the same cores, and no eye follows faster. */
const NEWS_INTERVAL_MS = 60;

export class Song {
  /** @param {number} number @param {Contract} contract @param {Surroundings} surroundings @param {Wanted} wanted */
  constructor(number, contract, { tell, wake }, wanted = "rows") {
    this.number = number;
    this._contract = contract;
    this._tell = tell;
    this._wake = wake;
    this._aborter = new AbortController();
    this.timings_ms = { decode: 0, features: 0, inference: 0 };

    /** @type {Source | null} */
    this._source = null;
    /** @type {Segment[]} not yet begun */
    this._segments = [];
    this._are_all_known = false; // the segments
    /** @type {(() => void) | null} */
    this._onRoom = null;
    this._log_mel = new InOrder((/** @type {Part} */ part) => this._take(part));
    this._log_mel_rooms = new Rooms();
    this._packet_rooms = new Rooms();
    this._duration_s = 0;
    this._fraction = 0; // of the song, up to there

    this._cutter = new WindowCutter(contract.network, contract.signal_chain.n_mels);
    /** @type {Window[]} not yet begun */
    this._windows = [];
    this._n_windows_begun = 0;
    this._is_cut = false; // there will be no more windows
    this._joiner = new StepJoiner(contract.genres.length);
    this._is_looked_at = wanted === "rows"; // and not only learned from
    this._rows = wanted === "rows" ? new RowStream(contract) : new EmbeddingStream(contract);
    /** @type {number[][]} rows that the page does not know yet */
    this._new_rows = [];
    /** @type {Uint8Array[]} the frames, as they are looked at, that the page does not know yet */
    this._new_sound = [];
    this._last_news_ms = -Infinity;
  }

  /** Whether nothing of it is wanted any more, or all is told. */
  get is_over() {
    return this.signal.aborted;
  }

  /** Aborted when the song is over: whoever reads on for it need not. */
  get signal() {
    return this._aborter.signal;
  }

  end() {
    this._aborter.abort();
  }

  /** Collects the source's segments, a few ahead of the helpers. @param {Source} source */
  async plan(source) {
    this._source = source;
    for await (const segment of source.segments()) {
      if (this.is_over || this._are_all_known) return;
      this._segments.push(segment);
      this._wake();
      while (this._segments.length >= SEGMENTS_AHEAD) await new Promise((resolve) => (this._onRoom = () => resolve(0)));
    }
    this._are_all_known = true;
    this._finishWhenDone();
  }

  /**
   * Windows first: they make rows, and what waits for them takes memory.
   * @param {import("./helpers.js").Abilities} abilities
   * @returns {Task | null}
   */
  nextTask({ windows, segments }) {
    if (this.is_over) return null;
    const window = windows && this._windows.shift();
    if (window) return this._windowTask(window);
    const segment = segments && this._segments.shift();
    if (!segment) return null;
    this._onRoom?.();
    return this._segmentTask(segment);
  }

  /** @param {unknown} error */
  fail(error) {
    if (this.is_over) return;
    this.end();
    this._tell({ kind: protocol.FAILED, song: this.number, ...SongError.from(error).toMessage() });
  }

  /** @param {Segment} segment @returns {Task} */
  _segmentTask(segment) {
    const slot = this._log_mel.begin();
    const n_values = (segment.n_frames ?? 0) * this._contract.signal_chain.n_mels;
    const room = this._log_mel_rooms.take(n_values * Float32Array.BYTES_PER_ELEMENT);
    return {
      order: { what: "segment", segment, room },
      transfer: [room, ...this._buffersOf(segment)],
      onPart: (part) => this._log_mel.isWanted(slot) && slot.add(part),
      onDone: ({ is_irregular, timings_ms, rooms }) => {
        this._count(timings_ms);
        for (const packets of rooms) this._packet_rooms.takeBack(packets);
        if (is_irregular) this._goOnIrregularly(segment, slot);
        else slot.done();
        this._finishWhenDone();
      },
      onFail: (error) => this._log_mel.isWanted(slot) && this.fail(error),
    };
  }

  /** @param {Segment} segment @returns {Transferable[]} what of it is not needed here any more */
  _buffersOf({ audio }) {
    if (audio.kind === "pcm") return audio.channels.map(({ buffer }) => buffer);
    if (audio.kind !== "packets") return [];
    for (const run of audio.runs) {
      const { bytes } = run;
      run.bytes = new Uint8Array(this._packet_rooms.take(bytes.length), 0, bytes.length);
      run.bytes.set(bytes);
      release(bytes);
    }
    return audio.runs.map(({ bytes }) => bytes.buffer);
  }

  /** @param {Window} window @returns {Task} */
  _windowTask({ log_mel, ...window }) {
    this._n_windows_begun += 1;
    return {
      order: { what: "window", log_mel },
      transfer: [log_mel.buffer],
      onPart: () => {},
      onDone: ({ logits, timings_ms, rooms }) => {
        this._count(timings_ms);
        this._cutter.takeBack(new Float32Array(rooms[0]));
        this._n_windows_begun -= 1;
        this._new_rows.push(...this._rows.push(this._joiner.add(window, logits)));
        this._tellNews();
        this._finishWhenDone();
      },
      onFail: (error) => this.fail(error),
    };
  }

  /**
   * A decoder that does not give what the frames' headers promise has lost its place: from here on the file is decoded
   * in one go, as any player would.
   * @param {Segment} segment
   * @param {import("./in-order.js").Slot<Part>} slot
   */
  _goOnIrregularly({ first_frame }, slot) {
    if (!this._log_mel.isWanted(slot)) return; // one before it has lost its place, too: its rest has this one in it
    const rest = this._source?.rest?.(first_frame);
    this._are_all_known = true;
    this._segments = rest ? [rest] : [];
    this._log_mel.dropFrom(slot);
    this._onRoom?.();
  }

  /** The next frames, in the song's order. @param {Part} part */
  _take({ log_mel, sound, end }) {
    if (this.is_over) return;
    if (this._is_looked_at) this._new_sound.push(sound);
    else release(sound);
    this._duration_s = end.time_s;
    this._fraction = end.fraction;
    this._windows.push(...this._cutter.push(log_mel));
    this._log_mel_rooms.takeBack(/** @type {ArrayBuffer} */ (log_mel.buffer));
    this._tellNews();
  }

  /** @param {Record<"decode" | "features" | "inference", number>} timings_ms */
  _count(timings_ms) {
    for (const [stage, ms] of Object.entries(timings_ms)) {
      this.timings_ms[/** @type {keyof typeof timings_ms} */ (stage)] += ms;
    }
  }

  _tellNews() {
    if (this.is_over || performance.now() - this._last_news_ms < NEWS_INTERVAL_MS) return;
    const { number: song, _fraction: fraction, _duration_s: decoded_s } = this;
    this._tell({ kind: protocol.PROGRESS, song, fraction, decoded_s });
    this._tellSound();
    if (this._is_looked_at && this._new_rows.length === 0) return; // the first rows do not wait
    this._last_news_ms = performance.now();
    if (this._is_looked_at) this._tell({ kind: protocol.ROWS, song, rows: this._new_rows });
    this._new_rows = [];
  }

  /** Not before it is certain that there is a song: the page still shows the one before it. */
  _tellSound() {
    if (this._new_sound.length === 0 || this._duration_s < this._contract.minimum_duration_s) return;
    this._tell({ kind: protocol.SOUND, song: this.number, frames: joinedBytes(this._new_sound) });
    this._new_sound.forEach(release);
    this._new_sound = [];
  }

  _finishWhenDone() {
    if (this.is_over || !this._are_all_known || this._segments.length > 0 || !this._log_mel.is_empty) return;
    if (!this._is_cut) this._cutRest();
    if (this.is_over || this._windows.length > 0 || this._n_windows_begun > 0) return;
    const rows = this._rows.push(this._joiner.finish(this._cutter.n_steps));
    const { rows: end_rows, ...end } = this._rows.finish(this._duration_s);
    const last_rows = [...this._new_rows, ...rows, ...end_rows];
    this._tellSound();
    const result = { duration_s: this._duration_s, rows: last_rows, ...end };
    this.end();
    this._tell({ kind: protocol.RESULT, song: this.number, ...result, timings_ms: this.timings_ms });
  }

  /** All frames are there: is it a song at all, and is there a window left? */
  _cutRest() {
    this._is_cut = true;
    const [duration_s, needed_s] = [this._duration_s, this._contract.minimum_duration_s];
    if (duration_s === 0) return this.fail(new SongError("broken-audio"));
    if (duration_s < needed_s) return this.fail(new SongError("too-short", { duration_s, needed_s }));
    this._windows.push(...this._cutter.finish());
    this._wake();
  }
}
