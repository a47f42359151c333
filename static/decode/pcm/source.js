/** The segments of a song whose samples are all at hand: decoded by the browser, or never encoded at all. */

import { framesOf, segmentSpan } from "../../signal/segment-span.js";
import { frameRanges } from "../frame-ranges.js";

/**
 * @typedef {import("../../contract.js").Contract} Contract
 * @typedef {import("../frame-ranges.js").FrameRange} FrameRange
 * @typedef {import("../frame-ranges.js").Segment} Segment
 * @typedef {import("../frame-ranges.js").PcmStretch} PcmStretch
 * @typedef {import("../frame-ranges.js").FileStretch} FileStretch
 * @typedef {Omit<PcmStretch, "end"> | Omit<FileStretch, "end">} Stretch
 */

export class PcmSource {
  /**
   * @param {{sample_rate_hz: number, n_samples: number}} song
   * @param {(first_sample: number, end_sample: number) => Stretch | Promise<Stretch>} read asked when its turn comes
   * @param {Contract} contract
   */
  constructor({ sample_rate_hz, n_samples }, read, contract) {
    this._rate_hz = sample_rate_hz;
    this._n_samples = n_samples;
    this._read = read;
    this._chain = contract.signal_chain;
    this._window_frames = contract.network.window_frames;
  }

  /**
   * @param {Iterable<FrameRange>} ranges in the song's order; all of it unless said
   * @returns {AsyncGenerator<Segment>} up to the last range, or the song's end
   */
  async *segments(ranges = frameRanges(this._window_frames)) {
    const n_frames_in_all = framesOf(this._chain, this._rate_hz, this._n_samples);
    for (const { first_frame, n_frames } of ranges) {
      const is_last = n_frames_in_all <= first_frame + n_frames;
      const span = segmentSpan(this._chain, this._rate_hz, first_frame, n_frames);
      const end = is_last ? this._n_samples : span.end_sample;
      yield {
        first_frame,
        n_frames: is_last ? null : n_frames,
        skip_samples: span.skip_samples,
        sample_rate_hz: this._rate_hz,
        audio: {
          ...(await this._read(span.first_sample, end)),
          end: { time_s: end / this._rate_hz, fraction: end / this._n_samples },
        },
      };
      if (is_last) return;
    }
  }
}
