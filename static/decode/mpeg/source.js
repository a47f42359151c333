/** The segments of an MPEG audio file, found while its headers are read. */

import { framesOf, segmentSpan } from "../../signal/segment-span.js";
import { fileBlocks } from "../file-blocks.js";
import { frameRanges } from "../frame-ranges.js";
import { MpegIndex } from "./index.js";

/**
 * @typedef {import("../../contract.js").Contract} Contract
 * @typedef {import("../frame-ranges.js").FrameRange} FrameRange
 * @typedef {import("../frame-ranges.js").Segment} Segment
 * @typedef {import("../frame-ranges.js").MpegStretch} MpegStretch
 */

/** How far back a frame of layer III may reach for its bits: 9 bits' worth of bytes (ISO 11172-3, main_data_begin). */
const RESERVOIR_BYTES = 511;
/** What of a frame is no part of that: header, checksum and side information, at most. */
const OVERHEAD_BYTES = 38;
/** Frames that the filter bank's memory goes back, on top of that. */
const FILTER_FRAMES = 2;
/** An encoder's padding, which is cut off the song's end when that is known, takes at most 12 bits. */
const LONGEST_PADDING = 4095;

export class MpegSource {
  /**
   * @param {Blob} file
   * @param {number} first_byte of the first frame
   * @param {Contract} contract
   * @param {AbortSignal} [signal] ends the reading: segments() then throws its reason
   */
  constructor(file, first_byte, contract, signal) {
    this._file = file;
    this._first_byte = first_byte;
    this._chain = contract.signal_chain;
    this._window_frames = contract.network.window_frames;
    this._index = new MpegIndex(first_byte);
    this._blocks = fileBlocks(file, first_byte);
    this._signal = signal;
  }

  /** @returns {Iterable<FrameRange>} all of the song, as it is analysed */
  ranges() {
    return frameRanges(this._window_frames);
  }

  /**
   * In the song's order. Where the frames stop following each other before the file's end (damage, a second song of
   * another kind), the last segment is all the rest, for the decoder to make sense of.
   * @param {Iterable<FrameRange>} ranges in the song's order; all of it unless said
   * @returns {AsyncGenerator<Segment>}
   */
  async *segments(ranges = this.ranges()) {
    for (const { first_frame, n_frames } of ranges) {
      const end_frame = first_frame + n_frames;
      while (this._index.state === "open" && this._n_frames <= end_frame) await this._readOn();
      const is_last = this._n_frames <= end_frame;
      const has_more = this._index.state === "irregular" || this._index.starts.length === 0;
      if (is_last && has_more) return yield this.rest(first_frame);
      yield this._segment(first_frame, is_last ? null : n_frames);
      if (is_last) return;
    }
  }

  /**
   * @param {number} first_frame of log-mel
   * @returns {Segment} everything from there on, in one go
   */
  rest(first_frame) {
    const { format, starts } = this._index;
    const is_whole = first_frame === 0 || format === null;
    const sample_rate_hz = format?.sample_rate_hz ?? this._chain.sample_rate_hz; // what is decoded will say
    const span = segmentSpan(this._chain, sample_rate_hz, first_frame, 1);
    const { first, n_dropped } = is_whole ? { first: 0, n_dropped: 0 } : this._startFor(span.first_sample);
    const from = is_whole ? this._first_byte : starts[first];
    const start = { time_s: span.first_sample / sample_rate_hz, fraction: from / this._file.size };
    const bytes = this._file.slice(from);
    const audio = { kind: /** @type {const} */ ("mpeg-rest"), bytes, n_dropped, is_whole, start };
    return { first_frame, n_frames: null, skip_samples: span.skip_samples, sample_rate_hz, audio };
  }

  async _readOn() {
    this._signal?.throwIfAborted();
    const { value, done } = await this._blocks.next();
    if (done) return this._index.finish();
    this._index.push(value);
  }

  /** Samples before the song itself: an encoder's and a decoder's delay. */
  get _lead() {
    return this._index.info?.first_sample ?? 0;
  }

  /** Samples a channel of the song that are there for certain. */
  get _certain_samples() {
    const { info, n_samples, state, starts } = this._index;
    if (state === "open") return n_samples - this._lead - LONGEST_PADDING;
    const is_told = info !== null && info.n_frames === starts.length;
    return Math.max(0, (is_told ? Math.min(n_samples, info.end_sample) : n_samples) - this._lead);
  }

  /** Frames of log-mel in what is there for certain. */
  get _n_frames() {
    const { format } = this._index;
    return format ? framesOf(this._chain, format.sample_rate_hz, this._certain_samples) : 0;
  }

  /** @param {number} first_frame of log-mel @param {number | null} n_frames @returns {Segment} */
  _segment(first_frame, n_frames) {
    const sample_rate_hz = this._index.format?.sample_rate_hz ?? 0;
    const span = segmentSpan(this._chain, sample_rate_hz, first_frame, n_frames ?? 1);
    const { first_sample, end_sample, skip_samples } = span;
    const audio = this._stretch(first_sample, n_frames === null ? this._certain_samples : end_sample);
    return { first_frame, n_frames, skip_samples, sample_rate_hz, audio };
  }

  get _samples_a_frame() {
    return this._index.format?.n_samples ?? 1;
  }

  /** @param {number} first_sample of the song @param {number} end_sample @returns {MpegStretch} */
  _stretch(first_sample, end_sample) {
    const { starts, end, format } = this._index;
    const { first, n_dropped } = this._startFor(first_sample);
    const behind = Math.min(starts.length, Math.ceil((this._lead + end_sample) / this._samples_a_frame));
    const end_byte = starts[behind] ?? end;
    return {
      kind: "mpeg",
      bytes: this._file.slice(starts[first], end_byte),
      n_decoded: (behind - first) * this._samples_a_frame,
      n_dropped,
      n_samples: end_sample - first_sample,
      end: { time_s: end_sample / (format?.sample_rate_hz ?? 1), fraction: end_byte / this._file.size },
    };
  }

  /**
   * The frame to start a decoder at so that it is right from a sample on: early enough for the bits that this sample's
   * frame borrows from those before it, and for the filters' memory.
   * @param {number} first_sample of the song
   * @returns {{first: number, n_dropped: number}} n_dropped: samples that it gives before
   */
  _startFor(first_sample) {
    const { starts } = this._index;
    const sample = this._lead + first_sample;
    const right_from = Math.min(Math.floor(sample / this._samples_a_frame), starts.length - 1) - FILTER_FRAMES;
    let first = Math.max(0, right_from);
    for (let n = 0; first > 0; n += 1) {
      if (starts[right_from] - starts[first] - n * OVERHEAD_BYTES >= RESERVOIR_BYTES) break;
      first -= 1;
    }
    return { first, n_dropped: sample - first * this._samples_a_frame };
  }
}
