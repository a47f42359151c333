/** The sound of a live session, kept by the browser's own encoder for whoever wants to play it afterwards. */

/** The first one that the browser writes: all of them also play in it. Firefox cannot seek in the WebM it writes. */
const KINDS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
/** 1 MB a minute: more than Opus needs for music. */
const BITS_PER_SECOND = 128_000;
/** Pieces this long are handed over: browsers keep those on disk when they grow large. */
const PIECE_MS = 5000;

/** @type {Record<string, string>} */
const ENDINGS = { "audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "m4a" };

/** Whether this browser can record. */
export const canRecord = () => KINDS.some((kind) => globalThis.MediaRecorder?.isTypeSupported(kind));

/** @param {Blob} recording @returns {string} what its file's name ends with */
export const endingOf = ({ type }) => ENDINGS[type.split(";")[0]] ?? "bin";

export class Recorder {
  /** Starts at once. @param {MediaStream} stream */
  constructor(stream) {
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    /** @type {Blob[]} */
    this._pieces = [];
    this._recorder = new MediaRecorder(new MediaStream(stream.getAudioTracks()), {
      mimeType,
      audioBitsPerSecond: BITS_PER_SECOND,
    });
    this._recorder.ondataavailable = ({ data }) => data.size > 0 && this._pieces.push(data);
    this._ended = new Promise((resolve) => {
      this._recorder.onstop = resolve;
      this._recorder.onerror = resolve; // what came before it can still be played
    });
    this._recorder.start(PIECE_MS);
  }

  /** @returns {Promise<Blob | null>} null when there is nothing */
  async stop() {
    if (this._recorder.state !== "inactive") this._recorder.stop();
    await this._ended;
    return this._pieces.length > 0 ? new Blob(this._pieces, { type: this._recorder.mimeType }) : null;
  }
}
