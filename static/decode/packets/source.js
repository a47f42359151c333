/** The segments of a song made of packets, found while they are read. */

import { joinedBytes } from "../../arrays.js";
import { framesOf, segmentSpan } from "../../signal/segment-span.js";
import { fileBlocks } from "../file-blocks.js";
import { frameRanges } from "../frame-ranges.js";
import { openMp4 } from "../mp4/reader.js";
import { openAdts } from "./adts-reader.js";
import { openFlac } from "./flac-reader.js";
import { OggReader } from "./ogg-reader.js";
import { canDecode } from "./trial.js";

/** AAC makes its noise anew with every decoder: a short song is decoded in one go, as any player does. */
const FIRST_SEGMENTS = 1;

/**
 * @typedef {import("../../contract.js").Contract} Contract
 * @typedef {import("../frame-ranges.js").FrameRange} FrameRange
 * @typedef {import("../frame-ranges.js").Segment} Segment
 * @typedef {import("./decoder.js").PacketRun} PacketRun
 * @typedef {import("./packet.js").Link} Link
 * @typedef {import("./packet.js").Packet} Packet
 * @typedef {import("./packet.js").PacketReader} PacketReader
 * @typedef {import("./packet.js").PacketStream} PacketStream
 *
 * @typedef {Packet & {at: number, end_byte: number}} Placed at: the song's sample that its first one is, below 0 for
 *     what is no song yet; end_byte: of all packets up to it
 */

/**
 * So many packets show whether the browser decodes such a file. As many are given to it at once if it takes them: each
 * chunk goes to another process and back in Firefox, which takes longer than decoding what is in it.
 */
const TRIED_PACKETS = 8;

/**
 * @param {Blob} file
 * @param {{container: string, first_byte: number}} route
 * @param {Contract} contract
 * @param {AbortSignal} [signal] ends the reading: this, or segments(), then throws its reason
 * @returns {Promise<PacketSource | null>} null where such a file cannot be decoded packet by packet
 */
export async function openPackets(file, route, contract, signal) {
  for (const stream of await streamsOf(file, route)) {
    const source = new PacketSource(stream, contract, signal);
    if (await source.canBeDecoded()) return source;
  }
  return null;
}

/**
 * @param {Blob} file
 * @param {{container: string, first_byte: number}} route
 * @returns {Promise<PacketStream[]>} the song's packets; more than once where it is not certain what comes out of them
 */
async function streamsOf(file, { container, first_byte }) {
  if (container === "MP4") return openMp4(file, first_byte);
  if (container === "AAC") return (await openAdts(file, first_byte)).map((opened) => streamOf(file, opened));
  const opened = container === "FLAC" ? await openFlac(file, first_byte) : { reader: new OggReader(), first_byte };
  return opened ? [streamOf(file, opened)] : [];
}

/** @param {Blob} file @param {{reader: PacketReader, first_byte: number}} opened @returns {PacketStream} */
const streamOf = (file, { reader, first_byte }) => ({
  packets: packetsIn(fileBlocks(file, first_byte), reader),
  first_byte,
  end_byte: file.size,
});

/** @param {AsyncIterable<Uint8Array>} blocks @param {PacketReader} reader @returns {AsyncGenerator<Packet[], void>} */
async function* packetsIn(blocks, reader) {
  for await (const block of blocks) yield reader.push(block);
  yield reader.finish();
}

class PacketSource {
  /** @param {PacketStream} stream @param {Contract} contract @param {AbortSignal} [signal] */
  constructor({ packets, first_byte, end_byte }, contract, signal) {
    this._signal = signal;
    this._stream = packets;
    this._n_bytes = first_byte; // and those of packets so far
    this._end_byte = end_byte;
    this._chain = contract.signal_chain;
    this._window_frames = contract.network.window_frames;
    this._is_over = false;
    this._is_cut = false; // what follows in the file is a recording of another rate
    /** @type {Placed[]} those that a segment to come may need */
    this._packets = [];
    /** @type {Map<Link, {begin: number, end: number}>} where in the song its links are, as far as they are known */
    this._links = new Map();
    this._at = 0; // of the next packet
    this._packets_a_chunk = 1;
  }

  /** @returns {Promise<boolean>} whether this browser can, going by the first packets */
  async canBeDecoded() {
    while (!this._is_over && this._packets.length < TRIED_PACKETS) await this._readOn();
    const tried = this._packets.slice(0, TRIED_PACKETS).filter(({ link }) => link === this._packets[0].link);
    if (tried.length === 0) return false;
    for (const packets_a_chunk of tried[0].link.is_joinable ? [TRIED_PACKETS, 1] : [1]) {
      this._packets_a_chunk = packets_a_chunk;
      if (await canDecode(this._run(tried, 0, 0))) return true;
    }
    return false;
  }

  /** @returns {Iterable<FrameRange>} all of the song, as it is analysed */
  ranges() {
    return frameRanges(this._window_frames, FIRST_SEGMENTS);
  }

  /**
   * @param {Iterable<FrameRange>} ranges in the song's order; all of it unless said
   * @returns {AsyncGenerator<Segment>} up to the last range, or the song's end
   */
  async *segments(ranges = this.ranges()) {
    for (const { first_frame, n_frames } of ranges) {
      const end_frame = first_frame + n_frames;
      while (!this._is_over && this._n_frames <= end_frame) await this._readOn();
      const is_last = this._n_frames <= end_frame;
      yield this._segment(first_frame, is_last ? null : n_frames);
      if (is_last) return;
    }
  }

  async _readOn() {
    this._signal?.throwIfAborted();
    const { value, done } = await this._stream.next();
    this._is_over = Boolean(done);
    for (const packet of value ?? []) {
      if (!this._goesOnWith(packet.link)) this._is_cut = true;
      if (!this._is_cut) this._place(packet);
    }
    this._is_over ||= this._is_cut;
  }

  /** @param {Packet} packet */
  _place(packet) {
    const { link, bytes, n_samples } = packet;
    const { begin } = this._links.get(link) ?? this._append(link);
    this._n_bytes += bytes.length;
    this._packets.push({ ...packet, at: this._at, end_byte: this._n_bytes });
    this._at += n_samples;
    const end = Math.min(this._at, begin + link.end_sample - link.first_sample);
    this._links.set(link, { begin, end: Math.max(begin, end) });
  }

  /** @param {Link} link */
  _append(link) {
    const begin = this._n_samples;
    this._at = begin - link.first_sample;
    return { begin };
  }

  /** Another codec or number of channels is no matter. @param {Link} link @returns {boolean} */
  _goesOnWith({ config: { sampleRate } }) {
    return !this._first || this._first.config.sampleRate === sampleRate;
  }

  /** @returns {Link | undefined} */
  get _first() {
    return this._links.keys().next().value;
  }

  /** Samples a channel of the song that are there for certain. */
  get _n_samples() {
    return [...this._links.values()].at(-1)?.end ?? 0;
  }

  get _rate_hz() {
    return this._first?.config.sampleRate ?? 0;
  }

  /** Frames of log-mel in what is there for certain. */
  get _n_frames() {
    return this._first ? framesOf(this._chain, this._rate_hz, this._n_samples) : 0;
  }

  /** @param {number} first_frame of log-mel @param {number | null} n_frames @returns {Segment} */
  _segment(first_frame, n_frames) {
    const sample_rate_hz = this._rate_hz;
    const span = segmentSpan(this._chain, sample_rate_hz, first_frame, n_frames ?? 1);
    const end_sample = n_frames === null ? this._n_samples : span.end_sample;
    const { end_byte } = this._packets.findLast(({ at }) => at < end_sample) ?? { end_byte: 0 };
    const end = { time_s: end_sample / sample_rate_hz, fraction: n_frames ? end_byte / this._end_byte : 1 };
    const audio = { kind: /** @type {const} */ ("packets"), runs: this._runs(span.first_sample, end_sample), end };
    return { first_frame, n_frames, skip_samples: span.skip_samples, sample_rate_hz, audio };
  }

  /**
   * Forgets what no segment from there on needs.
   * @param {number} first_sample of the song
   * @param {number} end_sample
   * @returns {PacketRun[]} one for each link that has a part in it
   */
  _runs(first_sample, end_sample) {
    const runs = [];
    for (const [link, { begin, end }] of this._links) {
      const [from, to] = [Math.max(first_sample, begin), Math.min(end_sample, end)];
      if (from >= to) continue;
      const packets = this._packets.filter((packet) => packet.link === link && packet.at < to);
      runs.push(this._run(packets.slice(startFor(packets, from)), from, to));
    }
    this._packets = this._packets.slice(startFor(this._packets, first_sample));
    return runs;
  }

  /** @param {Placed[]} packets of one link @param {number} from @param {number} to @returns {PacketRun} */
  _run(packets, from, to) {
    const [{ link, at, n_samples }] = packets;
    return {
      config: link.config,
      is_lapped: link.is_lapped,
      bytes: joinedBytes(packets.map(({ bytes }) => bytes)),
      ...this._chunks(packets),
      n_dropped: from - (link.is_lapped ? at + n_samples : at),
      n_samples: to - from,
    };
  }

  /** @param {Placed[]} packets */
  _chunks(packets) {
    /** @type {{n_bytes: number[], n_given: number[]}} */
    const chunks = { n_bytes: [], n_given: [] };
    for (const [i, { bytes, n_samples: n_given }] of packets.entries()) {
      const number = Math.floor(i / this._packets_a_chunk);
      chunks.n_bytes[number] = (chunks.n_bytes[number] ?? 0) + bytes.length;
      chunks.n_given[number] = (chunks.n_given[number] ?? 0) + n_given;
    }
    return chunks;
  }
}

/**
 * @param {Placed[]} packets in order
 * @param {number} sample of the song
 * @returns {number} the packet to start a decoder at so that it is right from that sample on
 */
function startFor(packets, sample) {
  let first = packets.findLastIndex(({ at, link }) => at <= sample - link.preroll_samples);
  if (first > 0 && packets[first].link.is_lapped) first -= 1; // it gives only what comes behind its middle
  return Math.max(0, first);
}
