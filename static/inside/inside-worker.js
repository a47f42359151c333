/** The worker that hears a song once more, for what the network's units answer in it, and makes their sounds. */

import { Answers } from "../explain/answers.js";
import { bandCentres } from "../explain/mel-bands.js";
import * as protocol from "../explain/protocol.js";
import { SoundAround } from "../explain/sound-around.js";
import { SongError } from "../engine/song-error.js";
import { makeTools } from "../engine/tools.js";
import { WindowCutter } from "../network/windows.js";
import { imaginedSound } from "./imagined-sound.js";
import { StrengthLog } from "./strengths.js";
import { readUnits, UnitsError } from "./units-file.js";
import { WatchedUnits } from "./watched-units.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("../network/windows.js").Window} Window
 * @typedef {import("./units-file.js").LayerOfFile} LayerOfFile
 *
 * @typedef {object} Problem of what the network's folder says of its units
 * @property {string} reason why it cannot be used
 * @property {boolean} is_out_of_reach it could not be fetched
 *
 * @typedef {object} Network what is known of it, song or not
 * @property {WatchedUnits} watched
 * @property {import("./units-file.js").UnitsFile | null} known
 * @property {Problem | null} problem
 *
 * @typedef {object} Inside a song
 * @property {(import("./watched-units.js").Layer & {told: LayerOfFile | null})[]} layers from the input on
 * @property {Float32Array} strengths [n_units, n_rows], layer after layer: see StrengthLog
 * @property {number} n_rows
 * @property {string} music that what is told was made of
 * @property {number} range_db of the pictures
 * @property {Problem | null} problem
 * @property {number[]} band_centres_hz [n_mels]
 */

/** @type {Contract} */
let contract;
/** @type {Promise<import("../engine/segment-task.js").Tools>} */
let tools_ready;
/** @type {SoundAround} */
let sound;
/** @type {Promise<Network>} */
let network_ready;

/** @param {{contract: Contract, folder: import("../model-files.js").ModelFolder}} message */
function prepare({ contract: given, folder }) {
  contract = given;
  tools_ready = makeTools(contract, folder);
  sound = new SoundAround(contract, tools_ready);
  network_ready = loadNetwork(folder);
  for (const promise of [tools_ready, network_ready]) promise.catch(() => {}); // whoever asks is told
}

/** @param {import("../model-files.js").ModelFolder} folder @returns {Promise<Network>} */
async function loadNetwork(folder) {
  try {
    const known = await readUnits(contract, folder);
    return { watched: await WatchedUnits.load(contract, folder, known), known, problem: null };
  } catch (error) {
    if (!(error instanceof UnitsError)) throw error;
    const { message: reason, is_out_of_reach } = error;
    const watched = await WatchedUnits.load(contract, folder, null);
    return { watched, known: null, problem: { reason, is_out_of_reach } };
  }
}

/**
 * @param {{file: Blob, n_rows: number}} question
 * @param {import("../explain/sound-around.js").Browser} browser
 * @returns {Promise<Inside>}
 */
async function inside({ file, n_rows }, browser) {
  const { watched, known, problem } = await network_ready.catch((error) => {
    throw new SongError("no-model", { reason: String(error) });
  });
  const { n_mels } = contract.signal_chain;
  const cutter = new WindowCutter(contract.network, n_mels);
  const log = new StrengthLog(contract, watched.n_units, n_rows);
  /** @param {Window} window @param {number} [until_step] */
  const take = (window, until_step = window.until_step) => {
    log.add({ ...window, until_step }, watched.watch(window.log_mel));
  };
  /** @type {Window | null} the last one so far: of the song's last one more counts */
  let last = null;
  /** @param {Window[]} windows */
  const takeAll = (windows) => {
    for (const window of windows) {
      if (last) take(last);
      last = window;
    }
  };
  for await (const log_mel of sound.whole(file, browser)) takeAll(cutter.push(log_mel));
  if (cutter.n_steps === 0) throw new SongError("broken-audio");
  takeAll(cutter.finish());
  if (last) take(last, cutter.n_steps);
  const { mel_filters } = await tools_ready;
  return {
    layers: watched.layers.map((layer, i) => ({ ...layer, told: known?.layers[i] ?? null })),
    strengths: log.standardised(),
    n_rows,
    music: known?.music ?? "",
    range_db: known?.range_db ?? 0,
    problem,
    band_centres_hz: bandCentres(mel_filters, contract.signal_chain),
  };
}

/** @typedef {import("../explain/sound-around.js").Browser} Browser */
/** @type {Record<string, (question: any, browser: Browser) => Promise<any>>} by kind */
const FIND = {
  [protocol.INSIDE]: inside,
  [protocol.IMAGINE]: async ({ picture }) => imaginedSound(picture, await tools_ready),
};

const answers = new Answers((question, browser) => FIND[question.kind](question, browser));

self.onmessage = ({ data }) => (data.kind === protocol.INIT ? prepare(data) : answers.take(data));
