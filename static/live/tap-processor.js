/**
 * In the audio thread: gathers what comes in to blocks, and sends them on. It has nothing to import (not every browser
 * lets it), so that "end" is written here once more: protocol.js has the messages.
 */

const { AudioWorkletProcessor, registerProcessor, sampleRate } = /** @type {any} */ (globalThis);

/** 21 ms at 48 kHz: few enough messages for an hour, and no delay that anyone sees. */
const BLOCK_SAMPLES = 1024;

class TapProcessor extends AudioWorkletProcessor {
  constructor() {
    super();
    /** @type {MessagePort | null} until it is there nobody listens */
    this._to = null;
    /** @type {Float32Array[]} the block that is being filled, [channels][BLOCK_SAMPLES] */
    this._channels = [];
    this._n_samples = 0; // in it
    this._is_over = false;
    this.port.onmessage = (/** @type {MessageEvent} */ { data }) => {
      if (data.port) this._to = data.port;
      else this._end();
    };
  }

  /**
   * @param {Float32Array[][]} inputs one, without channels while its source gives nothing
   * @param {Float32Array[][]} outputs left silent: nobody wants to hear the microphone
   * @returns {boolean} whether there is more to do
   */
  process([input], [output]) {
    if (!this._to) return !this._is_over;
    if (input.length > 0) this._take(input);
    // A source that pauses leaves a hole in time: silence, so that what follows stays at its place.
    else if (this._channels.length > 0) this._take(this._channels.map(() => new Float32Array(output[0].length)));
    return !this._is_over;
  }

  /** @param {Float32Array[]} input [channels][n] */
  _take(input) {
    if (input.length !== this._channels.length) this._begin(input.length);
    input.forEach((samples, channel) => this._channels[channel].set(samples, this._n_samples));
    this._n_samples += input[0].length;
    if (this._n_samples + input[0].length > BLOCK_SAMPLES) this._begin(input.length);
  }

  /** Sends what there is, and begins a new block. @param {number} n_channels */
  _begin(n_channels) {
    this._send();
    this._channels = Array.from({ length: n_channels }, () => new Float32Array(BLOCK_SAMPLES));
  }

  _send() {
    if (this._n_samples === 0) return;
    const channels = this._channels.map((samples) => samples.subarray(0, this._n_samples));
    let sum = 0;
    for (const samples of channels) for (const sample of samples) sum += sample * sample;
    this.port.postMessage({ power: sum / (this._n_samples * channels.length) });
    this._n_samples = 0;
    this._to?.postMessage(
      { channels, sample_rate_hz: sampleRate },
      channels.map(({ buffer }) => buffer),
    );
  }

  _end() {
    this._is_over = true;
    this._send();
    this._to?.postMessage("end");
    this._to = null;
    this.port.postMessage("end");
  }
}

registerProcessor("tap", TapProcessor);
