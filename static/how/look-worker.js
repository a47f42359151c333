/** The worker that takes a second of a song apart: each stage from its samples to its votes. */

import { Answers } from "../explain/answers.js";
import * as protocol from "../explain/protocol.js";
import { SoundAround } from "../explain/sound-around.js";
import { SongError } from "../engine/song-error.js";
import { makeTools } from "../engine/tools.js";
import { isMultiLabel, sigmoid, softmax } from "../network/rows.js";
import { Detectors } from "./detectors.js";
import { planOfRow, windowOf } from "./look-window.js";
import { bandsOf, loudestFrame, momentOf } from "./moment.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("./look-window.js").Plan} Plan
 * @typedef {import("../explain/sound-around.js").Sounding} Sounding
 *
 * @typedef {object} Look a second of a song, stage by stage
 * @property {import("./moment.js").Moment} moment
 * @property {import("./moment.js").Band[]} bands
 * @property {{log_mel: Float32Array, first_frame: number, n_frames: number}} picture that the network was given:
 *     [n_frames, n_mels], dB; of a song that is shorter than a window, without its repetitions
 * @property {import("./detectors.js").Layer[]} layers
 * @property {number} n_layers
 * @property {number} n_parameters
 * @property {number[]} votes logits, one a genre
 * @property {number[]} shares probabilities, one a genre
 */

/** @type {Contract} */
let contract;
/** @type {SoundAround} */
let sound;
/** @type {Promise<{kernel: import("../signal/mel-kernel.js").MelKernel, bands: import("./moment.js").Band[]}>} */
let chain_ready;
/** @type {Promise<Detectors>} */
let network_ready;

/** @param {{contract: Contract, folder: import("../model-files.js").ModelFolder}} message */
function prepare({ contract: given, folder }) {
  contract = given;
  const tools_ready = makeTools(contract, folder);
  sound = new SoundAround(contract, tools_ready);
  chain_ready = loadChain(tools_ready);
  network_ready = Detectors.load(contract, folder);
  for (const promise of [chain_ready, network_ready]) promise.catch(() => {}); // whoever asks is told
}

/** @param {Promise<import("../engine/segment-task.js").Tools>} tools_ready */
async function loadChain(tools_ready) {
  const { mel_filters, dsp } = await tools_ready;
  return { kernel: dsp.melKernel(contract.signal_chain, mel_filters), bands: bandsOf(contract, mel_filters) };
}

/** @template T @param {Promise<T>} part of the model @returns {Promise<T>} */
const ofModel = (part) =>
  part.catch((error) => {
    throw new SongError("no-model", { reason: String(error) });
  });

/**
 * @param {{file: Blob, row: number}} question
 * @param {import("../explain/sound-around.js").Browser} browser
 * @returns {Promise<Look>}
 */
async function look({ file, row }, browser) {
  const { n_mels } = contract.signal_chain;
  const heard = await sound.hear(file, (n_frames) => planOfRow(contract, row, n_frames).frames, browser);
  const end = heard.first_frame + heard.log_mel.length / n_mels;
  const plan = planOfRow(contract, row, end);
  const first = plan.main * contract.network.frames_per_step;
  const n_frames = Math.min(contract.network.window_frames, end - first);
  const { kernel, bands } = await ofModel(chain_ready);
  const frame = loudestFrame(contract, heard, row, { first, end: first + n_frames });
  const from = (first - heard.first_frame) * n_mels;
  const log_mel = heard.log_mel.slice(from, from + n_frames * n_mels);
  return {
    moment: momentOf(contract, heard, frame, first, kernel),
    bands,
    picture: { log_mel, first_frame: first, n_frames },
    ...network(await ofModel(network_ready), plan, heard),
  };
}

/** @param {Detectors} detectors @param {Plan} plan @param {Sounding} heard */
function network(detectors, plan, { log_mel, first_frame }) {
  const { genres, rows } = contract;
  const windowAt = (/** @type {number} */ window) => windowOf(log_mel, first_frame, window, contract);
  const windows = [...new Set(plan.steps.map(({ window }) => window))];
  const logits = new Map(windows.map((window) => [window, detectors.logits(windowAt(window))]));
  const votes = genres.map((_, genre) => {
    const own = plan.steps.map(({ step, window }) => {
      const given = /** @type {Float32Array} */ (logits.get(window));
      return given[(step - window) * genres.length + genre];
    });
    return own.reduce((sum, logit) => sum + logit, 0) / own.length;
  });
  const activate = isMultiLabel(rows) ? sigmoid : softmax;
  return {
    layers: detectors.layers(windowAt(plan.main)),
    n_layers: detectors.n_layers,
    n_parameters: detectors.n_parameters,
    votes,
    shares: activate(Float64Array.from(votes), rows.temperature),
  };
}

const answers = new Answers(look);

self.onmessage = ({ data }) => (data.kind === protocol.INIT ? prepare(data) : answers.take(data));
