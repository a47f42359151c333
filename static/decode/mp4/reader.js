/** The packets of an MP4's first sound track: AAC, Opus or FLAC. They are found by tables; nothing else is read. */

import { headerBytes, orNull } from "../header-bytes.js";
import { inside } from "./boxes.js";
import { codecsOf } from "./codec.js";
import { fragmentRuns } from "./fragments.js";
import { placesOf, runsOf, sizesOf, ticksOf } from "./sample-table.js";
import { soundTrack } from "./track.js";

/**
 * @typedef {import("../packets/packet.js").Link} Link
 * @typedef {import("../packets/packet.js").Packet} Packet
 * @typedef {import("../packets/packet.js").PacketStream} PacketStream
 * @typedef {import("./codec.js").Codec} Codec
 * @typedef {import("./sample-table.js").Run} Run
 * @typedef {import("./track.js").SoundTrack} SoundTrack
 */

/**
 * @param {Blob} file
 * @param {number} start behind a tag
 * @returns {Promise<PacketStream[]>} the same packets, as what they may be; none where there are none that we know
 */
export async function openMp4(file, start) {
  const header = await headerBytes(file, "MP4", start);
  const found = orNull(() => describedSong(header));
  if (!found) return [];
  const { track, codecs, n_bytes, is_fragmented } = found;
  const runs = () =>
    is_fragmented ? fragmentRuns(file, start, header, track.id) : runsOf(placesOf(track.table), file.size);
  return codecs.map((codec) => ({
    packets: packetsOf(file, runs(), codec, linkOf(track, codec)),
    first_byte: 0,
    end_byte: is_fragmented ? file.size : Math.min(n_bytes, file.size),
  }));
}

/** @param {Uint8Array} header */
function describedSong(header) {
  const track = soundTrack(header);
  if (!track || track.n_entries !== 1 || !(track.timescale > 0)) return null;
  const { n, n_bytes } = sizesOf(track.table);
  const is_fragmented = n === 0 && inside(header, "moov", "mvex") !== null;
  return { track, codecs: codecsOf(track.entry), n_bytes, is_fragmented };
}

/** @param {SoundTrack} track @param {Codec} codec @returns {Link} */
function linkOf({ timescale, edit, table }, codec) {
  const { config, is_lapped, is_joinable, preroll_samples, lead_samples } = codec;
  const samplesIn = (/** @type {number} */ n_ticks) => Math.round((n_ticks * config.sampleRate) / timescale);
  const end_tick = ticksOf(table) || Infinity;
  const { first_tick, n_ticks } = edit && edit.first_tick < end_tick ? edit : { first_tick: 0, n_ticks: Infinity };
  const first_sample = edit ? samplesIn(first_tick) : lead_samples;
  const end_sample = samplesIn(Math.min(first_tick + n_ticks, end_tick));
  const is_some = end_sample > first_sample; // nothing at all would be a header of nonsense
  const place = { first_sample, end_sample: is_some ? end_sample : Infinity };
  return { config, is_lapped, is_joinable, preroll_samples, ...place };
}

/**
 * @param {Blob} file
 * @param {Iterable<Run> | AsyncIterable<Run>} runs
 * @param {Codec} codec
 * @param {Link} link
 * @returns {AsyncGenerator<Packet[]>} the next run being read while the last one is worked on
 */
async function* packetsOf(file, runs, codec, link) {
  /** @type {Promise<Packet[]> | null} */
  let ready = null;
  for await (const run of runs) {
    const next = readRun(file, run, codec, link);
    next.catch(() => {}); // told to who asks for it, who may be busy or gone
    if (ready) yield await ready;
    ready = next;
  }
  if (ready) yield await ready;
}

/** @param {Blob} file @param {Run} run @param {Codec} codec @param {Link} link @returns {Promise<Packet[]>} */
async function readRun(file, { at, sizes }, codec, link) {
  const n_bytes = sizes.reduce((sum, size) => sum + size, 0);
  const content = new Uint8Array(await file.slice(at, at + n_bytes).arrayBuffer());
  let end = 0;
  return sizes.map((size) => {
    const bytes = content.subarray(end, (end += size));
    return { link, bytes, n_samples: codec.samplesOf(bytes) };
  });
}
