/**
 * The song worker: a file in, rows out. It looks into the file and plans the work, which its helpers do; it never
 * computes anything that takes long itself, so that they never wait for it.
 */

import { identify } from "../decode/identify.js";
import { PcmSource } from "../decode/pcm/source.js";
import { Helpers } from "./helpers.js";
import { openSource } from "./open-source.js";
import * as protocol from "./protocol.js";
import { Song } from "./song.js";

/** @typedef {import("../contract.js").Contract} Contract */
/** @typedef {import("../model-files.js").ModelFolder} ModelFolder */

/** @param {{kind: string, [field: string]: any}} message to the page */
const tell = (message) => self.postMessage(message);

/** @type {Contract} */
let contract;
/** @type {import("./song.js").Wanted} */
let wanted;
/** @type {Helpers} */
let helpers;
/** @type {Song | null} */
let current = null;
/** @type {((channels: Float32Array[]) => void)[]} who waits for samples from the page, in the order of asking */
let waiting = [];

/**
 * @param {{contract: Contract, folder: ModelFolder, backend: import("../network/tf.js").Backend,
 *     wanted: import("./song.js").Wanted}} message
 */
function prepare({ contract: given, folder, backend, wanted: asked }) {
  [contract, wanted] = [given, asked];
  helpers = new Helpers({ contract, folder }, backend, {
    nextTask: (abilities) => current?.nextTask(abilities) ?? null,
    onNetwork: (runs_on, refusal) => tell({ kind: protocol.READY, backend: runs_on, refusal }),
    onFailure: (error) => tell({ kind: protocol.FAILED, song: 0, ...error.toMessage() }),
  });
}

/** Nothing of the current song, if any, is wanted any more. */
function cancel() {
  helpers.cancel(); // also what a song that is over has left
  current?.end();
  waiting = [];
}

/** @param {{song: number, file: Blob}} message */
async function analyse({ song: number, file }) {
  cancel();
  const song = new Song(number, contract, { tell, wake: () => helpers.wake() }, wanted);
  current = song;
  try {
    const route = await identify(file);
    if (song.is_over) return;
    const source = await openSource(file, route, contract, song.signal);
    if (song.is_over) return;
    if (source) await song.plan(source);
    else tell({ ...route, kind: protocol.NEEDS_BROWSER, song: number });
  } catch (error) {
    song.fail(error);
  }
}

/** @param {{song: number, sample_rate_hz: number, n_samples: number, decode_ms: number}} decoded by the browser */
async function analysePcm({ song: number, decode_ms, ...pcm }) {
  const song = current;
  if (!song || song.number !== number) return;
  song.timings_ms.decode = decode_ms;
  try {
    await song.plan(new PcmSource(pcm, (first, end) => stretchOfPage(number, first, end), contract));
  } catch (error) {
    song.fail(error);
  }
}

/**
 * @param {number} song
 * @param {number} first_sample
 * @param {number} end_sample
 * @returns {Promise<{kind: "pcm", channels: Float32Array[]}>}
 */
function stretchOfPage(song, first_sample, end_sample) {
  tell({ kind: protocol.PCM_WANTED, song, first_sample, end_sample });
  return new Promise((resolve) => waiting.push((channels) => resolve({ kind: "pcm", channels })));
}

self.onmessage = ({ data }) => {
  if (data.kind === protocol.INIT) prepare(data);
  if (data.kind === protocol.ANALYSE) analyse(data);
  if (data.kind === protocol.CANCEL) cancel();
  if (data.kind === protocol.PCM_READY) analysePcm(data);
  if (data.kind === protocol.PCM && data.song === current?.number) waiting.shift()?.(data.channels);
};
