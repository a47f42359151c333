/**
 * Opens the microphone, or a tab's or the whole computer's sound, and sends it block by block to whoever analyses it.
 *
 * The AudioContext runs at the source's own rate where that is known, else at the output device's: resampling is ours
 * (signal/resampler.js), not the browser's. Firefox refuses to connect a microphone to a context of another rate than
 * its own; the second try is one it takes.
 */

import { SongError } from "../engine/song-error.js";
import * as protocol from "./protocol.js";

/** @typedef {"microphone" | "tab"} Source tab: or a window's, or the whole computer's */

/** What is meant for speech would spoil music: it takes everything away that is not a voice, and levels the rest. */
const AS_IT_IS = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** The screen must be shared for its sound to be; nobody looks at it, so that it may cost as little as it can. */
const NO_PICTURE = { frameRate: 1, width: 320 };

/** A sound system that has not started by then has nothing to play on, and waits for it for ever (Firefox). */
const START_MS = 5000;

/** The last block is a few milliseconds away, unless the audio thread is gone. */
const LAST_BLOCK_MS = 300;

/** @returns {Source[]} what this browser, and this connection, lets a page listen to */
export function availableSources() {
  /** @type {Source[]} */
  const sources = [];
  if (!globalThis.AudioWorkletNode) return sources;
  const devices = /** @type {Partial<MediaDevices> | undefined} */ (navigator.mediaDevices); // none over plain http
  if (devices?.getUserMedia) sources.push("microphone");
  if (devices?.getDisplayMedia && SHARES_SOUND in (devices.getSupportedConstraints?.() ?? {})) sources.push("tab");
  return sources;
}

/** Firefox and Safari share pictures alone; only browsers made of Chromium know this constraint. */
const SHARES_SOUND = "suppressLocalAudioPlayback";

/** @type {Record<Source, () => Promise<MediaStream>>} */
const ASK_FOR = {
  microphone: () => navigator.mediaDevices.getUserMedia({ audio: { ...AS_IT_IS, channelCount: 2 } }),
  tab: () =>
    navigator.mediaDevices.getDisplayMedia(
      /** @type {DisplayMediaStreamOptions} */ ({
        audio: { ...AS_IT_IS, suppressLocalAudioPlayback: false },
        video: NO_PICTURE,
        systemAudio: "include",
        surfaceSwitching: "include",
        selfBrowserSurface: "exclude",
      }),
    ),
};

/**
 * Browsers' names for why there is no stream, by source.
 * @type {Record<Source, Record<string, string>>}
 */
const REASONS = {
  microphone: {
    NotAllowedError: "microphone-refused",
    SecurityError: "microphone-refused",
    NotFoundError: "no-microphone",
    OverconstrainedError: "no-microphone",
    NotReadableError: "microphone-busy",
    AbortError: "microphone-busy",
  },
  tab: { NotAllowedError: "sharing-refused", SecurityError: "sharing-refused" },
};

/**
 * Asks the visitor, in the browser's own words. To be called while a click is being handled.
 * @param {Source} source
 * @returns {Promise<MediaStream>} with sound
 * @throws {SongError} `microphone-refused`, `no-microphone`, `microphone-busy`, `sharing-refused`, `no-shared-sound`,
 *     `cannot-listen`
 */
export async function askFor(source) {
  const stream = await ASK_FOR[source]().catch((error) => {
    throw new SongError(REASONS[source][error.name] ?? "cannot-listen", { reason: `${error.name}: ${error.message}` });
  });
  if (stream.getAudioTracks().length > 0) return stream;
  close(stream);
  throw new SongError("no-shared-sound");
}

/** @param {Promise<unknown>} promise @param {number} limit_ms @returns {Promise<boolean>} */
const comesWithin = (promise, limit_ms) =>
  Promise.race([promise.then(() => true), new Promise((resolve) => setTimeout(resolve, limit_ms, false))]);

/** @param {MediaStream} stream */
export const close = (stream) => stream.getTracks().forEach((track) => track.stop());

/** A stream's sound on its way to a port. Owns the stream from here on. */
export class Capture {
  /**
   * @param {MediaStream} stream
   * @param {{onLevel: (power: number) => void, onEnd: () => void}} listener onLevel: mean square, some 40 times a
   *     second; onEnd: the source ended by itself (device lost, sharing ended), not by `stop`
   */
  constructor(stream, listener) {
    this._stream = stream;
    this._listener = listener;
    /** @type {AudioContext | null} */
    this._context = null;
    /** @type {AudioWorkletNode | null} */
    this._tap = null;
    const [track] = stream.getAudioTracks();
    track.addEventListener("ended", () => listener.onEnd());
  }

  /**
   * @param {MessagePort} port where the blocks go, see protocol.js
   * @returns {Promise<void>} when sound is on its way
   * @throws {SongError} `cannot-listen`, `no-sound-system`
   */
  async start(port) {
    try {
      const { context, source } = await openContext(this._stream);
      this._context = context;
      await context.audioWorklet.addModule(new URL("tap-processor.js", import.meta.url));
      // Its output is silence, and connected all the same: not every browser runs what leads nowhere.
      const tap = new AudioWorkletNode(context, "tap", { outputChannelCount: [1] });
      tap.port.onmessage = ({ data }) => data !== protocol.END && this._listener.onLevel(data.power);
      tap.port.postMessage({ port }, [port]);
      this._tap = tap;
      source.connect(tap).connect(context.destination);
      if (!(await comesWithin(context.resume(), START_MS))) throw new SongError("no-sound-system");
    } catch (error) {
      this.close();
      throw error instanceof SongError ? error : new SongError("cannot-listen", { reason: String(error) });
    }
  }

  /** Lets the last samples through, and closes. @returns {Promise<void>} */
  async stop() {
    const tap = this._tap;
    if (tap) {
      const is_through = new Promise((resolve) => {
        tap.port.onmessage = ({ data }) => data === protocol.END && resolve(0);
      });
      tap.port.postMessage({});
      await comesWithin(is_through, LAST_BLOCK_MS);
    }
    this.close();
  }

  close() {
    close(this._stream);
    const context = this._context;
    this._context = null;
    if (context && context.state !== "closed") context.close();
  }
}

/**
 * @param {MediaStream} stream
 * @returns {Promise<{context: AudioContext, source: MediaStreamAudioSourceNode}>}
 */
async function openContext(stream) {
  const rate_hz = stream.getAudioTracks()[0].getSettings().sampleRate;
  if (rate_hz) {
    const own = await connect(stream, { sampleRate: rate_hz }).catch(() => null);
    if (own) return own;
  }
  return connect(stream, {});
}

/** @param {MediaStream} stream @param {AudioContextOptions} options */
async function connect(stream, options) {
  const context = new AudioContext({ latencyHint: "interactive", ...options });
  try {
    return { context, source: context.createMediaStreamSource(stream) };
  } catch (error) {
    await context.close();
    throw error;
  }
}
