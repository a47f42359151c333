/** The part of the panel that plays the seconds around the explained one: as they are, or what in them spoke. */

import * as say from "../messages/why.js";
import { element } from "../ui/page.js";
import { maskOf } from "./marks.js";
import { PlayButton } from "./play-button.js";

/**
 * @typedef {object} Around the explained second
 * @property {Float32Array} samples [n], mono
 * @property {Float32Array} marks [n_frames, n_mels]
 * @property {number} sample_rate_hz
 * @property {number} from_s of the song, where the samples begin
 */

/** Seconds before the explained one, and after it, that are played: what lies beyond says next to nothing. */
const AROUND_S = 3;

export class Listening {
  /** @param {() => void} pause the song's own player @param {(error: unknown) => void} onError */
  constructor(pause, onError) {
    this._place = element("#why-listen");
    this._button = element("#why-play");
    this._head = element("#why-playhead");
    this._playing = new PlayButton(this._button, say, {
      make: () => this._offered && this._sound(this._offered),
      pause,
      onPlaying: (is_playing) => (this._head.hidden = !is_playing),
      onTime: (share) => this._follow(share),
      onError,
    });
    /** @type {{explainer: import("./explainer.js").Explainer, around: Around} | null} */
    this._offered = null;
    /** @type {{first_s: number, end_s: number, start_s: number, span_s: number}} played, and seen */
    this._spans = { first_s: 0, end_s: 0, start_s: 0, span_s: 1 };
    /** @type {Promise<Float32Array[]> | null} as they are, for, against: made once they are asked for */
    this._parts = null;
    this._place.addEventListener("change", () => this._playing.choose(this._chosen));
  }

  /**
   * @param {import("./explainer.js").Explainer} explainer
   * @param {Around} around
   * @param {import("./picture.js").Seen} seen
   */
  offer(explainer, around, { row_s, step_s, start_s, span_s }) {
    this.withdraw();
    this._offered = { explainer, around };
    const { samples, sample_rate_hz, from_s } = around;
    const first_s = Math.max(from_s, row_s - AROUND_S);
    const end_s = Math.min(from_s + samples.length / sample_rate_hz, row_s + step_s + AROUND_S);
    this._spans = { first_s, end_s, start_s, span_s };
    this._button.setAttribute("aria-disabled", "false");
  }

  /** What is heard is over, and nothing else to be heard so far. */
  withdraw() {
    this._playing.stop();
    this._offered = this._parts = null;
    this._button.setAttribute("aria-disabled", "true");
  }

  /** @returns {number} which of the parts */
  get _chosen() {
    const radios = [...this._place.querySelectorAll("input")];
    return radios.findIndex(({ checked }) => checked);
  }

  /**
   * @param {NonNullable<Listening["_offered"]>} offered
   * @returns {Promise<import("./play-button.js").Sound | null>}
   */
  async _sound(offered) {
    this._parts ??= this._make(offered);
    try {
      const parts = await this._parts;
      return { parts, sample_rate_hz: offered.around.sample_rate_hz, heard: this._chosen };
    } catch (error) {
      this._parts = null;
      if (offered === this._offered) throw error;
      return null;
    }
  }

  /** @param {NonNullable<Listening["_offered"]>} offered */
  async _make({ explainer, around: { samples, marks, sample_rate_hz, from_s } }) {
    const parts = await explainer.through(samples, [maskOf(marks, 1), maskOf(marks, -1)]);
    const [first, end] = [this._spans.first_s, this._spans.end_s].map((time_s) => {
      return Math.round((time_s - from_s) * sample_rate_hz);
    });
    return [samples, ...parts].map((part) => part.subarray(first, end));
  }

  /** @param {number} share of what is played */
  _follow(share) {
    const { first_s, end_s, start_s, span_s } = this._spans;
    const time_s = first_s + share * (end_s - first_s);
    const place_px = ((time_s - start_s) / span_s) * (this._head.parentElement?.clientWidth ?? 0);
    this._head.style.transform = `translateX(${place_px}px)`;
  }
}
