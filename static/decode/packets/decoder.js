/**
 * The one door to the browser's decoder of packets (WebCodecs): whole packets in, sound out, in any worker. Unlike
 * decodeAudioData it takes a song piece by piece; of a packet that it refuses, silence takes the place.
 */

import { release } from "../../arrays.js";
import { SongError } from "../../engine/song-error.js";

/**
 * Packets that follow each other, and what of their sound is wanted.
 * @typedef {object} PacketRun
 * @property {AudioDecoderConfig} config
 * @property {boolean} is_lapped see Link
 * @property {Uint8Array} bytes of all packets, end to end
 * @property {number[]} n_bytes of each, or of some together that the decoder takes at once
 * @property {number[]} n_given samples a channel that each gives
 * @property {number} n_dropped samples a channel at the start that are not wanted
 * @property {number} n_samples wanted, behind those
 */

/** Packets that may wait to be decoded: enough to keep the decoder busy, and not much memory. */
const MOST_WAITING = 128;
/** Sound is given on in pieces of some such length. */
const BLOCK_SAMPLES = 1 << 15;
/** No packet takes a thousandth of this: a decoder that is silent for longer has lost it. */
const PATIENCE_MS = 10_000;
/** A laptop that slept, or a machine too busy, may look like a decoder that hangs: it is started once more. */
const MOST_HANGS = 2;
/** More damage than that in one run, and the rest of it is silence. */
const MOST_STARTS = 20;

/** Bytes of packets given to decoders, and of what each takes besides, after which garbage is asked to be collected. */
const MOST_UNCOLLECTED = 4e6;
const CHUNK_BYTES = 2000;
/** So much memory at once makes Chromium look for garbage; nobody touches it, so that no page of it is ever there. */
const LURE_BYTES = 1 << 27;

/** Channels of blocks, used again by whatever is decoded next: garbage is made faster than it is collected. */
const free_channels = /** @type {Float32Array<ArrayBuffer>[]} */ ([]);

/** One decoder's life: from a start to the end of what it is given, or to its first error. */
export class Decoding {
  /** @param {AudioDecoderConfig} config @param {number} patience_ms */
  constructor(config, patience_ms = PATIENCE_MS) {
    this.has_failed = false;
    this.hangs = false;
    this._patience_ms = patience_ms;
    this._config = config;
    this._block = this._newBlock(); // [channels][BLOCK_SAMPLES]
    this._n_filled = 0;
    /** @type {Float32Array<ArrayBuffer>[][]} not yet given on */
    this._full = [];
    this._onChange = () => {};
    this._decoder = new AudioDecoder({ output: (sound) => this._take(sound), error: () => this._fail() });
    this._decoder.addEventListener("dequeue", () => this._onChange());
    try {
      this._decoder.configure(config);
    } catch {
      this.has_failed = true; // a header of nonsense
    }
  }

  /**
   * @param {Uint8Array[]} packets
   * @returns {AsyncGenerator<Float32Array[]>} channels, [n_channels][n], until the next is asked for
   */
  async *sound(packets) {
    try {
      for (const [i, data] of packets.entries()) {
        if (this.has_failed) break;
        this._decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: i, data }));
        if (this._n_waiting > MOST_WAITING) await this._until(() => this._n_waiting <= MOST_WAITING / 2);
        yield* this._fullBlocks();
      }
      if (!this.has_failed) await this._flush();
      yield* this._fullBlocks();
      if (this._n_filled > 0) yield this._block.map((channel) => channel.subarray(0, this._n_filled));
    } finally {
      if (this._decoder.state !== "closed") this._decoder.close();
      free_channels.push(...this._block, ...this._full.flat());
    }
  }

  /** Whether all packets given to it are being decoded; their sound need not be there. */
  get has_taken_all() {
    return this._n_waiting === 0;
  }

  get _n_waiting() {
    return this._decoder.decodeQueueSize;
  }

  /** Waits until it is so, or has failed; as long as something happens, for ever. @param {() => boolean} isSo */
  async _until(isSo) {
    let [timer, n_changes] = [0, 0];
    const watch = (n_before = n_changes) => {
      timer = setTimeout(() => (n_changes > n_before ? watch() : this._hang()), this._patience_ms);
    };
    await new Promise((resolve) => {
      this._onChange = () => {
        n_changes += 1;
        if (this.has_failed || isSo()) resolve(null);
      };
      watch();
      this._onChange();
    });
    clearTimeout(timer);
  }

  _hang() {
    this.hangs = true;
    this._fail();
  }

  async _flush() {
    let is_flushed = false;
    this._decoder.flush().then(
      () => {
        is_flushed = true;
        this._onChange();
      },
      () => this._fail(),
    );
    await this._until(() => is_flushed);
  }

  _fail() {
    this.has_failed = true;
    this._onChange();
  }

  /** @param {AudioData} sound */
  _take(sound) {
    const { sampleRate, numberOfChannels } = this._config;
    if (sound.sampleRate !== sampleRate || sound.numberOfChannels !== numberOfChannels) this._fail();
    else this._copy(sound);
    sound.close();
    this._onChange();
  }

  /** @param {AudioData} sound */
  _copy(sound) {
    for (let frameOffset = 0; frameOffset < sound.numberOfFrames;) {
      const frameCount = Math.min(sound.numberOfFrames - frameOffset, BLOCK_SAMPLES - this._n_filled);
      for (const [planeIndex, channel] of this._block.entries()) {
        const part = channel.subarray(this._n_filled, this._n_filled + frameCount);
        sound.copyTo(part, { planeIndex, frameOffset, frameCount, format: "f32-planar" });
      }
      frameOffset += frameCount;
      this._n_filled += frameCount;
      if (this._n_filled === BLOCK_SAMPLES) this._turnOver();
    }
  }

  _turnOver() {
    this._full.push(this._block);
    this._block = this._newBlock();
    this._n_filled = 0;
  }

  _newBlock() {
    const { numberOfChannels: length } = this._config;
    return Array.from({ length }, () => free_channels.pop() ?? new Float32Array(BLOCK_SAMPLES));
  }

  *_fullBlocks() {
    for (let block = this._full.shift(); block; block = this._full.shift()) {
      yield block;
      free_channels.push(...block);
    }
  }
}

/** The same, with a decoder that hangs started again; what it has given by then is not given twice. */
class PatientDecoding {
  /** @param {AudioDecoderConfig} config */
  constructor(config) {
    this.has_failed = false;
    this._config = config;
  }

  /**
   * @param {Uint8Array[]} packets
   * @returns {AsyncGenerator<Float32Array[]>} as Decoding gives it
   * @throws {SongError} `worker-crashed`: it hangs again, and what is missing is no silence
   */
  async *sound(packets) {
    let n_given = 0;
    for (let n_hangs = 0; n_hangs < MOST_HANGS; n_hangs += 1) {
      const decoding = new Decoding(this._config);
      let n_again = n_given;
      for await (const channels of decoding.sound(packets)) {
        const fresh = channels.map((channel) => channel.subarray(n_again));
        n_again -= channels[0].length - fresh[0].length;
        n_given += fresh[0].length;
        if (fresh[0].length > 0) yield fresh;
      }
      this.has_failed = decoding.has_failed;
      if (!decoding.hangs) return;
    }
    throw new SongError("worker-crashed", { reason: `the browser's decoder hangs (${this._config.codec})` });
  }
}

/**
 * @param {PacketRun} run
 * @returns {AsyncGenerator<Float32Array[]>} as many samples as its packets promise, in blocks [n_channels][n], each of
 *     which holds until the next is asked for
 * @throws {SongError} `worker-crashed`
 */
export async function* decodeRun({ config, is_lapped, bytes, n_bytes, n_given }) {
  countGarbage(bytes.length + n_bytes.length * CHUNK_BYTES);
  const packets = cut(bytes, n_bytes);
  const ends = runningSum(n_given.map((n, i) => (is_lapped && i === 0 ? 0 : n)));
  let done = 0;
  let next = 0; // packet
  for (let n_starts = 0; next < packets.length && n_starts < MOST_STARTS; n_starts += 1) {
    const decoding = new PatientDecoding(config);
    for await (const channels of decoding.sound(packets.slice(next))) {
      done += channels[0].length;
      yield channels;
    }
    if (!decoding.has_failed) break;
    const refused = ends.findIndex((end) => end > done);
    if (refused < 0) break;
    next = refused + 1;
    const resumed = ends[is_lapped ? next : next - 1] ?? 0;
    if (resumed > done) yield silence(config, resumed - done);
    done = Math.max(done, resumed);
  }
  const missing = (ends.at(-1) ?? 0) - done;
  if (missing > 0) yield silence(config, missing);
}

let n_uncollected = 0; // bytes

/**
 * Packets are copied for the decoder, and the copies go only when garbage is collected; Chromium 156 does not count
 * them, and would let hundreds of megabytes of FLAC pile up.
 * @param {number} n_bytes
 */
function countGarbage(n_bytes) {
  n_uncollected += n_bytes;
  if (n_uncollected < MOST_UNCOLLECTED) return;
  n_uncollected = 0;
  try {
    release(new Uint8Array(LURE_BYTES));
  } catch {
    // there is no such memory: then the browser has just looked for garbage to find some
  }
}

/** @param {AudioDecoderConfig} config @param {number} n_samples */
const silence = ({ numberOfChannels }, n_samples) =>
  Array.from({ length: numberOfChannels }, () => new Float32Array(n_samples));

/** @param {Uint8Array} bytes @param {number[]} sizes @returns {Uint8Array[]} */
export function cut(bytes, sizes) {
  const ends = runningSum(sizes);
  return ends.map((end, i) => bytes.subarray(end - sizes[i], end));
}

/** @param {number[]} numbers @returns {number[]} */
function runningSum(numbers) {
  let sum = 0;
  return numbers.map((number) => (sum += number));
}
