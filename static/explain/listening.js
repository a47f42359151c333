/** The part of the panel that plays the seconds around the explained one: as they are, or what in them spoke. */

import * as say from "../messages/why.js";
import { element } from "../ui/page.js";
import { Audition } from "./audition.js";
import { maskOf } from "./marks.js";

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
    this._pause = pause;
    this._onError = onError;
    this._place = element("#why-listen");
    this._button = element("#why-play");
    this._head = element("#why-playhead");
    this._player = /** @type {HTMLAudioElement} */ (element("#audio"));
    this._audition = new Audition({ onTime: (share) => this._follow(share), onOther: () => this._stop() });
    /** @type {{explainer: import("./explainer.js").Explainer, around: Around} | null} */
    this._offered = null;
    /** @type {{first_s: number, end_s: number, start_s: number, span_s: number}} played, and seen */
    this._spans = { first_s: 0, end_s: 0, start_s: 0, span_s: 1 };
    /** @type {Promise<Float32Array[]> | null} as they are, for, against: made once they are asked for */
    this._parts = null;
    this._n_stops = 0;
    this._button.addEventListener("click", () => (this._audition.is_playing ? this._stop() : this._play()));
    this._place.addEventListener("change", () => this._audition.choose(this._chosen));
    this._player.addEventListener("play", () => this._stop());
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
    this._stop();
    this._offered = this._parts = null;
    this._button.setAttribute("aria-disabled", "true");
  }

  /** @returns {number} which of the parts */
  get _chosen() {
    const radios = [...this._place.querySelectorAll("input")];
    return radios.findIndex(({ checked }) => checked);
  }

  async _play() {
    const offered = this._offered;
    if (!offered) return;
    this._audition.begin();
    this._pause();
    const n_stops = this._n_stops;
    try {
      this._parts ??= this._make(offered);
      const parts = await this._parts;
      if (n_stops !== this._n_stops) return; // the song plays again meanwhile, or something else is explained
      const volume = this._player.muted ? 0 : this._player.volume;
      this._audition.play(parts, offered.around.sample_rate_hz, this._chosen, volume);
      this._show(true);
    } catch (error) {
      this._parts = null;
      if (offered === this._offered) this._onError(error);
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

  _stop() {
    this._n_stops += 1;
    this._audition.stop();
    this._show(false);
  }

  /** @param {boolean} is_playing */
  _show(is_playing) {
    this._button.textContent = is_playing ? say.STOP : say.PLAY;
    this._button.dataset.playing = String(is_playing);
    this._head.hidden = !is_playing;
  }

  /** @param {number} share of what is played */
  _follow(share) {
    const { first_s, end_s, start_s, span_s } = this._spans;
    const time_s = first_s + share * (end_s - first_s);
    const place_px = ((time_s - start_s) / span_s) * (this._head.parentElement?.clientWidth ?? 0);
    this._head.style.transform = `translateX(${place_px}px)`;
  }
}
