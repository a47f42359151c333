/**
 * The log-mel around a row of a song, heard again: the analysis keeps none. Only what the window is made of is decoded;
 * it gives the very frames that the analysis had.
 */

import { joined } from "../arrays.js";
import { frameRanges } from "../decode/frame-ranges.js";
import { identify } from "../decode/identify.js";
import { PcmSource } from "../decode/pcm/source.js";
import { openSource } from "../engine/open-source.js";
import { IrregularSegment, SegmentTask } from "../engine/segment-task.js";
import { SongError } from "../engine/song-error.js";
import { makeTools } from "../engine/tools.js";
import { framesOfRow } from "./row-window.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("../decode/frame-ranges.js").FrameRange} FrameRange
 * @typedef {import("../decode/frame-ranges.js").Segment} Segment
 * @typedef {import("../engine/segment-task.js").Tools} Tools
 * @typedef {import("../engine/song.js").Source} Source
 * @typedef {import("./row-window.js").Range} Range
 *
 * @typedef {object} Browser decodes what nothing of ours can, and whole
 * @property {(route: {container: string, sample_rate_hz: number | null}) =>
 *     Promise<{sample_rate_hz: number, n_samples: number}>} decode
 * @property {(first_sample: number, end_sample: number) => Promise<Float32Array[]>} stretch
 */

export class SoundAround {
  /** @param {Contract} contract @param {import("../model-files.js").ModelFolder} folder */
  constructor(contract, folder) {
    this._contract = contract;
    this._folder = folder;
    /** @type {Promise<Tools> | null} */
    this._tools = null;
  }

  /**
   * @param {Blob} file
   * @param {number} row
   * @param {Browser} browser
   * @returns {Promise<import("./explainer.js").Heard>}
   * @throws {SongError} as an analysis does
   */
  async logMelAround(file, row, browser) {
    const { n_mels } = this._contract.signal_chain;
    const wished = framesOfRow(this._contract, row, Infinity);
    const heard = await this._hear(file, wished, browser);
    if (heard.length === 0) throw new SongError("broken-audio");
    const n_frames = wished.first + heard.length / n_mels; // up to the window's end, or the song's
    const { first, end } = framesOfRow(this._contract, row, n_frames);
    if (first === wished.first) return { log_mel: heard, first_frame: first, n_frames: end - first };
    const log_mel = await this._hear(file, { first, end }, browser);
    return { log_mel, first_frame: first, n_frames: end - first };
  }

  /**
   * @param {Blob} file @param {Range} frames @param {Browser} browser
   * @returns {Promise<Float32Array>} [n, n_mels]: fewer where the song ends before
   */
  async _hear(file, { first, end }, browser) {
    this._tools ??= makeTools(this._contract, this._folder);
    const tools = await this._tools;
    const source = await this._open(file, browser);
    const wanted = { first_frame: first, n_frames: end - first };
    const is_pcm = source instanceof PcmSource; // its samples are found without those before them being read
    let segment = null;
    for await (segment of source.segments(is_pcm ? [wanted] : this._upTo(wanted)));
    if (!segment) return new Float32Array(0);
    return framesOf(segment, source, wanted, tools);
  }

  /**
   * The analysis' own ranges first: a source forgets what lies before, and where its file is damaged it goes on from
   * there as the analysis did.
   * @param {FrameRange} wanted
   * @returns {Generator<FrameRange>}
   */
  *_upTo(wanted) {
    for (const range of frameRanges(this._contract.network.window_frames)) {
      if (range.first_frame + range.n_frames > wanted.first_frame) break;
      yield range;
    }
    yield wanted;
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
 * @param {Segment} segment the last one there is, up to the frames or with them
 * @param {Source} source
 * @param {FrameRange} wanted
 * @param {Tools} tools
 * @returns {Promise<Float32Array>} [n, n_mels] of these frames
 */
async function framesOf(segment, source, { first_frame, n_frames }, tools) {
  const { n_mels } = tools.contract.signal_chain;
  const n_values = (first_frame + n_frames - segment.first_frame) * n_mels;
  const parts = [];
  let n_found = 0;
  try {
    for await (const { log_mel } of new SegmentTask(segment, tools).parts()) {
      parts.push(log_mel);
      n_found += log_mel.length;
      if (n_found >= n_values) break; // of the rest of a damaged file that is enough
    }
  } catch (error) {
    if (!(error instanceof IrregularSegment) || !source.rest) throw error;
    return framesOf(source.rest(segment.first_frame), source, { first_frame, n_frames }, tools);
  }
  return joined(parts).slice((first_frame - segment.first_frame) * n_mels, n_values);
}
