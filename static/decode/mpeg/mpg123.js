/** The one door to libmpg123 (WebAssembly): MPEG audio, layers I to III, as a stream, to one channel. */

/**
 * What holds until more is asked for: it lies in the decoder's memory.
 * @typedef {object} Block
 * @property {Float32Array} samples the mean of the channels
 * @property {number} sample_rate_hz of all of them
 */

/**
 * What tools/mpg123/wrapper.c exports. Arrays, and the decoders themselves, are given by their address in the memory.
 * @typedef {object} Exports
 * @property {WebAssembly.Memory} memory
 * @property {(n_bytes: number) => number} allocate
 * @property {(is_gapless: number) => number} create
 * @property {(decoder: number, bytes: number, n_bytes: number) => void} feed
 * @property {(decoder: number, samples: number, n_samples: number) => number} decode how many there are:
 *     of one rate, and as many as there is room for
 * @property {() => number} sample_rate of what was decoded last, in Hz
 * @property {(decoder: number) => void} destroy
 */

const URL_OF_WASM = new URL("../../vendor/libmpg123-1.31.2/libmpg123.wasm", import.meta.url);
/** Bytes handed over at once, and samples fetched at once: about what these bytes give. */
const ROOM_BYTES = 1 << 16;
const ROOM_SAMPLES = 1 << 18;

/** What all decoders of this worker share: the module's one instance, and room in its memory to hand things over. */
class Library {
  /** @param {Exports} exports */
  constructor(exports) {
    this.exports = exports;
    this._bytes = exports.allocate(ROOM_BYTES);
    this._samples = exports.allocate(ROOM_SAMPLES * Float32Array.BYTES_PER_ELEMENT);
  }

  /** @param {number} decoder @param {Uint8Array} bytes no more than there is room for */
  feed(decoder, bytes) {
    new Uint8Array(this.exports.memory.buffer, this._bytes).set(bytes);
    this.exports.feed(decoder, this._bytes, bytes.length);
  }

  /** @param {number} decoder @returns {Block | null} what it has ready, or as much of that as there is room for */
  block(decoder) {
    const n_samples = this.exports.decode(decoder, this._samples, ROOM_SAMPLES);
    if (n_samples === 0) return null;
    const samples = new Float32Array(this.exports.memory.buffer, this._samples, n_samples);
    return { samples, sample_rate_hz: this.exports.sample_rate() };
  }
}

/** A decoder remembers what it was given: one for each file, or stretch of a file. To be freed after use. */
export class MpegDecoder {
  /** @param {Library} library @param {boolean} is_gapless @throws {Error} when there are far too many of them */
  constructor(library, is_gapless) {
    this._library = library;
    this._decoder = library.exports.create(Number(is_gapless));
    if (this._decoder === 0) throw new Error("no memory for another MPEG decoder");
  }

  /** @param {Uint8Array} bytes that follow those before @returns {Generator<Block>} what can be decoded with them */
  *decode(bytes) {
    for (let at = 0; at < bytes.length; at += ROOM_BYTES) {
      this._library.feed(this._decoder, bytes.subarray(at, at + ROOM_BYTES));
      let block = this._library.block(this._decoder);
      for (; block; block = this._library.block(this._decoder)) yield block;
    }
  }

  free() {
    this._library.exports.destroy(this._decoder);
  }
}

/** @type {Promise<Library> | null} */
let library = null;

/**
 * @param {{is_gapless: boolean}} options whether it is to leave out what the encoder put around the song, which takes
 *     a file from its first frame on
 * @returns {Promise<MpegDecoder>}
 */
export async function createMpegDecoder({ is_gapless }) {
  library ??= load();
  return new MpegDecoder(await library, is_gapless);
}

/** @returns {Promise<Library>} */
async function load() {
  const { instance } = await WebAssembly.instantiateStreaming(fetch(URL_OF_WASM));
  return new Library(/** @type {any} */ (instance.exports));
}
