/**
 * How a song is cut into segments that are analysed apart from each other: runs of log-mel frames. The first window's
 * are cut in halves, which two workers decode side by side, so that the first rows are there soon; the segments after
 * them are longer, because each costs a little extra: an MPEG decoder has to start some frames early.
 */

const FIRST_SEGMENTS = 2;
const FURTHER_WINDOWS = 2;

/**
 * @typedef {{first_frame: number, n_frames: number}} FrameRange
 *
 * @param {number} window_frames
 * @param {number} [n_first] segments that the first window's frames are cut into
 * @returns {Generator<FrameRange, never>} endless: the caller knows where the song ends
 */
export function* frameRanges(window_frames, n_first = FIRST_SEGMENTS) {
  const n_part = Math.ceil(window_frames / n_first);
  for (let first_frame = 0; first_frame < window_frames; first_frame += n_part) {
    yield { first_frame, n_frames: Math.min(n_part, window_frames - first_frame) };
  }
  const n_frames = FURTHER_WINDOWS * window_frames;
  for (let first_frame = window_frames; ; first_frame += n_frames) yield { first_frame, n_frames };
}

/**
 * A place in the song.
 * @typedef {{time_s: number, fraction: number}} SongPoint fraction: of the song, up to there
 *
 * A segment of a song, ready to be decoded and analysed by any worker.
 * @typedef {object} Segment
 * @property {number} first_frame of log-mel that it gives
 * @property {number | null} n_frames that it gives; null: all up to the song's end
 * @property {number} skip_samples at the model's rate, before its first frame
 * @property {number} sample_rate_hz
 * @property {MpegStretch | PcmStretch | FileStretch | PacketStretch | MpegRest} audio
 *
 * @typedef {object} MpegStretch whole MPEG frames, and what of their sound is wanted
 * @property {"mpeg"} kind
 * @property {Blob} bytes
 * @property {number} n_decoded samples a channel that a decoder gives for them
 * @property {number} n_dropped of these, at the start
 * @property {number} n_samples wanted, behind those
 * @property {SongPoint} end
 *
 * @typedef {{kind: "pcm", channels: Float32Array[], end: SongPoint}} PcmStretch
 *
 * @typedef {object} FileStretch samples as a file holds them
 * @property {"file-pcm"} kind
 * @property {Blob} bytes
 * @property {import("./pcm/format.js").PcmFormat} format
 * @property {SongPoint} end
 *
 * @typedef {{kind: "packets", runs: import("./packets/decoder.js").PacketRun[], end: SongPoint}} PacketStretch
 *
 * @typedef {object} MpegRest a file from here to its end, whatever may come; decoded in one go
 * @property {"mpeg-rest"} kind
 * @property {Blob} bytes
 * @property {number} n_dropped samples a channel at the start that are not wanted
 * @property {boolean} is_whole the file from its first frame on
 * @property {SongPoint} start
 */
