/**
 * Plays a sound and parts of it at once, over and over, of which one is heard: whoever compares them hears the same
 * moment go on.
 */

/** @typedef {{source: AudioBufferSourceNode, gain: GainNode}} Voice */

/** Long enough for no click to be heard, s: between the parts, and at both ends. */
const FADE_S = 0.02;

/**
 * @param {Float32Array} samples @param {number} rate_hz
 * @returns {Float32Array<ArrayBuffer>} that begins and ends in silence
 */
function faded(samples, rate_hz) {
  const n = Math.min(Math.round(FADE_S * rate_hz), samples.length / 2);
  return Float32Array.from(samples, (sample, i) => sample * Math.min(1, i / n, (samples.length - 1 - i) / n));
}

/** @type {Audition | null} the last to begin: two sounds of the page at once are none that can be compared */
let last_begun = null;

/**
 * @typedef {object} Listener
 * @property {(share: number) => void} onTime share of the sound, while it plays
 * @property {() => void} onOther another one of the page's begins: this one is to stop
 */

export class Audition {
  /** @param {Listener} listener */
  constructor({ onTime, onOther }) {
    this._onTime = onTime;
    this._onOther = onOther;
    /** @type {AudioContext | null} */
    this._context = null;
    /** @type {Voice[]} what plays */
    this._voices = [];
  }

  get is_playing() {
    return this._voices.length > 0;
  }

  /** To be called right in the click: browsers let a page play then. */
  begin() {
    if (last_begun !== this) last_begun?._onOther();
    last_begun = this;
    this._context ??= new AudioContext();
    this._context.resume();
  }

  /**
   * @param {Float32Array[]} parts [n] each
   * @param {number} rate_hz
   * @param {number} heard which of them
   * @param {number} volume 0 to 1
   */
  play(parts, rate_hz, heard, volume) {
    this._end();
    const context = /** @type {AudioContext} */ (this._context);
    const all = new GainNode(context, { gain: volume });
    all.connect(context.destination);
    this._voices = parts.map((samples, i) => {
      const buffer = new AudioBuffer({ length: samples.length, sampleRate: rate_hz });
      buffer.copyToChannel(faded(samples, rate_hz), 0);
      const source = new AudioBufferSourceNode(context, { buffer, loop: true });
      const gain = new GainNode(context, { gain: i === heard ? 1 : 0 });
      source.connect(gain).connect(all);
      return { source, gain };
    });
    const start_s = context.currentTime;
    for (const { source } of this._voices) source.start(start_s);
    this._follow(this._voices, start_s, parts[0].length / rate_hz);
  }

  /** @param {number} heard which part, from now on */
  choose(heard) {
    const now_s = this._context?.currentTime ?? 0;
    this._voices.forEach(({ gain }, i) => gain.gain.setTargetAtTime(i === heard ? 1 : 0, now_s, FADE_S / 3));
  }

  stop() {
    this._end();
    this._context?.suspend(); // a sound system that is not needed is left alone
  }

  _end() {
    for (const { source } of this._voices) source.stop();
    this._voices = [];
  }

  /** @param {Voice[]} voices @param {number} start_s @param {number} duration_s */
  _follow(voices, start_s, duration_s) {
    if (voices !== this._voices) return;
    const gone_s = Math.max(0, /** @type {AudioContext} */ (this._context).currentTime - start_s);
    this._onTime((gone_s % duration_s) / duration_s);
    requestAnimationFrame(() => this._follow(voices, start_s, duration_s));
  }
}
