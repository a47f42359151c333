/**
 * The log-mel around a row of a song, and the sound that it is made of, heard again: the analysis keeps none. Only what
 * the window is made of is decoded; it gives the very frames that the analysis had.
 */

import { joined } from "../arrays.js";
import { identify } from "../decode/identify.js";
import { PcmSource } from "../decode/pcm/source.js";
import { openSource } from "../engine/open-source.js";
import { IrregularSegment, SegmentTask } from "../engine/segment-task.js";
import { SongError } from "../engine/song-error.js";
import { Excerpt } from "../signal/excerpt.js";
import { framesOfRow } from "./row-window.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("../decode/frame-ranges.js").FrameRange} FrameRange
 * @typedef {import("../decode/frame-ranges.js").Segment} Segment
 * @typedef {import("../engine/segment-task.js").Tools} Tools
 * @typedef {import("../engine/song.js").Source} Source
 * @typedef {import("./row-window.js").Range} Range
 *
 * @typedef {object} Sounding a stretch of a song
 * @property {Float32Array} log_mel [n_frames, n_mels], dB: the very frames of the analysis
 * @property {Float32Array} samples what they are made of, from the first one's first sample on: mono, the model's rate
 * @property {number} first_frame of the song
 *
 * @typedef {object} Browser decodes what nothing of ours can, and whole
 * @property {(route: {container: string, sample_rate_hz: number | null}) =>
 *     Promise<{sample_rate_hz: number, n_samples: number}>} decode
 * @property {(first_sample: number, end_sample: number) => Promise<Float32Array[]>} stretch
 */

export class SoundAround {
  /** @param {Contract} contract @param {Promise<Tools>} tools */
  constructor(contract, tools) {
    this._contract = contract;
    this._tools = tools;
  }

  /**
   * @param {Blob} file
   * @param {number} row
   * @param {Browser} browser
   * @returns {Promise<import("./explainer.js").Heard>}
   * @throws {SongError} as an analysis does
   */
  async logMelAround(file, row, browser) {
    const heard = await this.hear(file, (n) => framesOfRow(this._contract, row, n), browser);
    return { ...heard, n_frames: heard.log_mel.length / this._contract.signal_chain.n_mels };
  }

  /**
   * @param {Blob} file
   * @param {(n_frames: number) => Range} choose which frames of a song that has so many, or so many at least: asked
   *     first of an endless one
   * @param {Browser} browser
   * @returns {Promise<Sounding>}
   * @throws {SongError} as an analysis does
   */
  async hear(file, choose, browser) {
    const wished = choose(Infinity);
    const heard = await this._hear(file, wished, browser);
    if (heard.log_mel.length === 0) throw new SongError("broken-audio");
    const n_frames = wished.first + heard.log_mel.length / this._contract.signal_chain.n_mels;
    const frames = choose(n_frames); // up to the stretch's end, or the song's
    return frames.first === wished.first ? heard : this._hear(file, frames, browser);
  }

  /**
   * @param {Blob} file
   * @param {Browser} browser
   * @returns {AsyncGenerator<Float32Array>} log_mel of all of it, [n_frames, n_mels] at a time: no more is kept
   * @throws {SongError} as an analysis does
   */
  async *whole(file, browser) {
    const tools = await this._tools;
    const source = await this._open(file, browser);
    for await (const segment of source.segments()) {
      try {
        for await (const { log_mel } of new SegmentTask(segment, tools).parts()) yield log_mel;
      } catch (error) {
        if (!(error instanceof IrregularSegment) || !source.rest) throw error;
        const rest = source.rest(segment.first_frame);
        for await (const { log_mel } of new SegmentTask(rest, tools).parts()) yield log_mel;
        return;
      }
    }
  }

  /**
   * @param {Blob} file @param {Range} frames @param {Browser} browser
   * @returns {Promise<Sounding>} fewer frames where the song ends before
   */
  async _hear(file, { first, end }, browser) {
    const tools = await this._tools;
    const source = await this._open(file, browser);
    const wanted = { first_frame: first, n_frames: end - first };
    let segment = null;
    for await (segment of source.segments(upTo(wanted, source.ranges?.() ?? [])));
    if (!segment) return { log_mel: new Float32Array(0), samples: new Float32Array(0), first_frame: first };
    return soundingOf(segment, source, wanted, tools);
  }

  /** @param {Blob} file @param {Browser} browser @returns {Promise<Source>} */
  async _open(file, browser) {
    const route = await identify(file);
    const source = await openSource(file, route, this._contract);
    if (source) return source;
    const decoded = await browser.decode(/** @type {import("../decode/identify.js").Named} */ (route));
    /** @param {number} first @param {number} last */
    const read = async (first, last) => ({
      kind: /** @type {const} */ ("pcm"),
      channels: await browser.stretch(first, last),
    });
    return new PcmSource(decoded, read, this._contract);
  }
}

/**
 * The analysis' own ranges first: a source forgets what lies before, and where its file is damaged it goes on from
 * there as the analysis did.
 * @param {FrameRange} wanted
 * @param {Iterable<FrameRange>} ranges
 * @returns {Generator<FrameRange>}
 */
function* upTo(wanted, ranges) {
  for (const range of ranges) {
    if (range.first_frame + range.n_frames > wanted.first_frame) break;
    yield range;
  }
  yield wanted;
}

/**
 * @param {Segment} segment the last one there is, up to the frames or with them
 * @param {Source} source
 * @param {FrameRange} wanted
 * @param {Tools} tools
 * @returns {Promise<Sounding>} of these frames
 */
async function soundingOf(segment, source, { first_frame, n_frames }, tools) {
  const { n_mels, hop_length, n_fft } = tools.contract.signal_chain;
  const n_before = first_frame - segment.first_frame;
  const n_values = (n_before + n_frames) * n_mels;
  const excerpt = new Excerpt(n_before * hop_length, (n_frames - 1) * hop_length + n_fft);
  const parts = [];
  const task = new SegmentTask(segment, tools);
  task.onSamples = (samples) => excerpt.push(samples);
  let n_found = 0;
  try {
    for await (const { log_mel } of task.parts()) {
      parts.push(log_mel);
      n_found += log_mel.length;
      if (n_found >= n_values) break; // of the rest of a damaged file that is enough
    }
  } catch (error) {
    if (!(error instanceof IrregularSegment) || !source.rest) throw error;
    return soundingOf(source.rest(segment.first_frame), source, { first_frame, n_frames }, tools);
  }
  const log_mel = joined(parts).slice(n_before * n_mels, n_values);
  const n_samples = (log_mel.length / n_mels - 1) * hop_length + n_fft; // at the song's end some are of no frame
  return { log_mel, samples: excerpt.samples.slice(0, Math.max(0, n_samples)), first_frame };
}
