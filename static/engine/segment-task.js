/** One segment of a song, from its bytes or samples to log-mel: what a helper does most of its time. */

import { merged, release } from "../arrays.js";
import { PartReader, fileBlocks } from "../decode/file-blocks.js";
import { createMpegDecoder } from "../decode/mpeg/mpg123.js";
import { decodeRun } from "../decode/packets/decoder.js";
import { frameBytes, readPcm } from "../decode/pcm/format.js";
import { LogMelStream } from "../signal/chain.js";
import { Peaks } from "../signal/peaks.js";
import { soundPicture } from "../signal/sound-picture.js";

/**
 * @typedef {import("../decode/frame-ranges.js").Segment} Segment
 * @typedef {import("../decode/frame-ranges.js").MpegStretch} MpegStretch
 * @typedef {import("../decode/frame-ranges.js").MpegRest} MpegRest
 * @typedef {import("../decode/frame-ranges.js").FileStretch} FileStretch
 * @typedef {import("../decode/frame-ranges.js").PacketStretch} PacketStretch
 *
 * @typedef {object} Tools what every segment needs, made once
 * @property {import("../contract.js").Contract} contract
 * @property {Float32Array} mel_filters
 * @property {import("../signal/dsp.js").Dsp} dsp
 * @property {PartReader} [reader]
 *
 * @typedef {object} Part
 * @property {Float32Array} log_mel [m, n_mels]
 * @property {Uint8Array} sound [m, n_bands + 1], the frames as they are looked at
 * @property {import("../decode/frame-ranges.js").SongPoint} end
 */

/** Bytes of samples read at once: a segment of many channels at a high rate would not be small. */
const READ_BYTES = 1 << 20;

/** The decoder gave other samples than its frames' headers promise: the segment's place in the song is not certain. */
export class IrregularSegment extends Error {}

export class SegmentTask {
  /**
   * @param {Segment} segment
   * @param {Tools} tools
   * @param {AbortSignal} [signal] ends what takes long
   * @param {ArrayBuffer} [room] for its log-mel
   */
  constructor(segment, { contract, mel_filters, dsp, reader = new PartReader() }, signal, room = new ArrayBuffer(0)) {
    this._segment = segment;
    this._room = new Float32Array(room);
    this._reader = reader;
    this._n_mels = contract.signal_chain.n_mels;
    this._stream = new LogMelStream(contract.signal_chain, mel_filters, dsp, segment.skip_samples);
    this._peaks = new Peaks(contract.signal_chain.hop_length);
    this._stream.peaks = this._peaks;
    this._n_to_drop = 0;
    this._n_wanted = Infinity;
    this._signal = signal;
    this.timings_ms = { decode: 0, features: 0 };
  }

  /** @param {import("../signal/excerpt.js").Excerpt} excerpt of the sound, mono at the model's rate, to be filled */
  fill(excerpt) {
    this._stream.excerpt = excerpt;
  }

  /**
   * @returns {AsyncGenerator<Part>} one part, or for the rest of a file one for each block of it
   * @throws {IrregularSegment}
   */
  async *parts() {
    const { audio } = this._segment;
    if (audio.kind === "mpeg-rest") yield* this._rest(audio);
    if (audio.kind === "mpeg") yield this._part(this._frames(await this._stretch(audio)), audio.end);
    if (audio.kind === "file-pcm") yield this._part(this._frames(await this._readStretch(audio)), audio.end);
    if (audio.kind === "packets") yield this._part(this._frames(await this._packets(audio)), audio.end);
    if (audio.kind === "pcm") yield this._part(this._frames([this._push(audio.channels)]), audio.end);
  }

  /** @param {Float32Array} log_mel @param {import("../decode/frame-ranges.js").SongPoint} end @returns {Part} */
  _part(log_mel, end) {
    const started = performance.now();
    const peaks = this._peaks.take(log_mel.length / this._n_mels);
    const sound = soundPicture(log_mel, this._n_mels, peaks);
    this.timings_ms.features += performance.now() - started;
    return { log_mel, sound, end };
  }

  /** @param {MpegStretch} stretch @returns {Promise<Float32Array[]>} */
  async _stretch({ bytes, n_decoded, n_dropped, n_samples }) {
    const [encoded, decoder] = await Promise.all([this._reader.read(bytes), createMpegDecoder({ is_gapless: false })]);
    this._n_to_drop = n_dropped;
    this._n_wanted = n_samples;
    try {
      const { log_mels, n_decoded: found } = this._decode(decoder, encoded);
      if (found !== n_decoded) throw new IrregularSegment(`${found} samples, expected ${n_decoded}`);
      return log_mels;
    } finally {
      decoder.free();
    }
  }

  /** @param {FileStretch} stretch @returns {Promise<Float32Array[]>} */
  async _readStretch({ bytes, format }) {
    const log_mels = [];
    const step = Math.floor(READ_BYTES / frameBytes(format)) * frameBytes(format);
    for (let at = 0; at < bytes.size; at += step) {
      const content = await this._reader.read(bytes.slice(at, at + step));
      const started = performance.now();
      const channels = readPcm(content, format);
      this.timings_ms.decode += performance.now() - started;
      log_mels.push(this._push(channels));
      channels.forEach(release);
    }
    return log_mels;
  }

  /** @param {PacketStretch} stretch @returns {Promise<Float32Array[]>} */
  async _packets({ runs }) {
    const log_mels = [];
    for (const run of runs) {
      this._n_to_drop = run.n_dropped;
      this._n_wanted = run.n_samples;
      let started = performance.now();
      for await (const channels of decodeRun(run)) {
        this.timings_ms.decode += performance.now() - started;
        log_mels.push(this._push(this._wanted(channels)));
        started = performance.now();
      }
    }
    return log_mels;
  }

  /** @param {MpegRest} rest @returns {AsyncGenerator<Part>} */
  async *_rest({ bytes, n_dropped, is_whole, start }) {
    const decoder = await createMpegDecoder({ is_gapless: is_whole });
    this._n_to_drop = n_dropped;
    let n_read = 0;
    /** @param {Float32Array} log_mel @returns {Part} */
    const part = (log_mel) => {
      const fraction = start.fraction + ((1 - start.fraction) * n_read) / bytes.size;
      return this._part(log_mel, { time_s: start.time_s + this._stream.duration_s, fraction });
    };
    try {
      for await (const block of fileBlocks(bytes, 0)) {
        if (this._signal?.aborted) return;
        n_read += block.length;
        yield part(merged(this._decode(decoder, block).log_mels));
      }
      yield part(this._stream.finish());
    } finally {
      decoder.free();
    }
  }

  /** @param {import("../decode/mpeg/mpg123.js").MpegDecoder} decoder @param {Uint8Array} bytes */
  _decode(decoder, bytes) {
    const log_mels = [];
    let n_decoded = 0;
    let started = performance.now();
    for (const { samples, sample_rate_hz } of decoder.decode(bytes)) {
      this.timings_ms.decode += performance.now() - started;
      n_decoded += samples.length;
      log_mels.push(this._push(this._wanted([samples]), sample_rate_hz));
      started = performance.now();
    }
    this.timings_ms.decode += performance.now() - started;
    return { log_mels, n_decoded };
  }

  /** @param {Float32Array[]} channels @returns {Float32Array[]} what of them belongs to the segment */
  _wanted(channels) {
    const n_dropped = Math.min(this._n_to_drop, channels[0].length);
    const kept = channels.map((channel) => channel.subarray(n_dropped, n_dropped + this._n_wanted));
    this._n_to_drop -= n_dropped;
    this._n_wanted -= kept[0].length;
    return kept;
  }

  /** @param {Float32Array[]} channels @param {number} [sample_rate_hz] @returns {Float32Array} */
  _push(channels, sample_rate_hz = this._segment.sample_rate_hz) {
    const started = performance.now();
    const log_mel = this._stream.push(channels, sample_rate_hz);
    this.timings_ms.features += performance.now() - started;
    return log_mel;
  }

  /** @param {Float32Array[]} log_mels @returns {Float32Array} the segment's frames; at the song's end, all there are */
  _frames(log_mels) {
    const { n_frames } = this._segment;
    if (n_frames === null) return merged([...log_mels, this._stream.finish()], this._room);
    return merged(log_mels, this._room).subarray(0, n_frames * this._n_mels);
  }
}
