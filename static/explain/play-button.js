/** A button that plays a sound of ours once that is made, and stops it. Of the page's sounds one is heard at a time. */

import { element } from "../ui/page.js";
import { Audition } from "./audition.js";

/**
 * @typedef {object} Sound
 * @property {Float32Array[]} parts [n] each, of which one is heard
 * @property {number} sample_rate_hz
 * @property {number} heard which of them
 *
 * @typedef {object} Behaviour
 * @property {() => Promise<Sound | null> | null} make what is to be played; null: nothing
 * @property {() => void} pause the song's own player
 * @property {(is_playing: boolean) => void} onPlaying
 * @property {(share: number) => void} onTime share of the sound, while it plays
 * @property {(error: unknown) => void} onError
 */

export class PlayButton {
  /** @param {HTMLElement} button @param {{PLAY: string, STOP: string}} words @param {Behaviour} behaviour */
  constructor(button, words, behaviour) {
    this._button = button;
    this._words = words;
    this._behaviour = behaviour;
    this._player = /** @type {HTMLAudioElement} */ (element("#audio"));
    this._audition = new Audition({ onTime: behaviour.onTime, onOther: () => this.stop() });
    this._n_stops = 0;
    button.addEventListener("click", () => (this._audition.is_playing ? this.stop() : this._play()));
    this._player.addEventListener("play", () => this.stop());
  }

  /** @param {number} heard which part, from now on */
  choose(heard) {
    this._audition.choose(heard);
  }

  /** Also what is still being made is not played any more. */
  stop() {
    this._n_stops += 1;
    this._audition.stop();
    this._show(false);
  }

  async _play() {
    const made = this._behaviour.make();
    if (!made) return;
    this._audition.begin();
    this._behaviour.pause();
    const n_stops = this._n_stops;
    try {
      const sound = await made;
      if (!sound || n_stops !== this._n_stops) return; // the song plays again meanwhile, or something else is shown
      const volume = this._player.muted ? 0 : this._player.volume;
      this._audition.play(sound.parts, sound.sample_rate_hz, sound.heard, volume);
      this._show(true);
    } catch (error) {
      this._behaviour.onError(error);
    }
  }

  /** @param {boolean} is_playing */
  _show(is_playing) {
    this._button.textContent = is_playing ? this._words.STOP : this._words.PLAY;
    this._button.dataset.playing = String(is_playing);
    this._behaviour.onPlaying(is_playing);
  }
}
