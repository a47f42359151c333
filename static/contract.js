/**
 * The model folder's contract: every number of the signal chain, the network's windows, the rows.
 * Field names are contract.json's own.
 *
 * @typedef {{type: "kaiser_sinc", zero_crossings: number, rolloff: number, kaiser_beta: number}} KaiserSinc
 *
 * @typedef {object} SignalChain
 * @property {number} sample_rate_hz
 * @property {KaiserSinc} resampler
 * @property {number} n_fft
 * @property {number} hop_length frame k starts at sample k * hop_length
 * @property {"hann_periodic"} window
 * @property {number} n_mels
 * @property {string} mel_filters path of float32 [n_mels, n_fft / 2 + 1], little-endian, row-major
 * @property {{type: "decibel", power_floor: number}} log
 *
 * @typedef {object} WindowLayout
 * @property {number} window_frames
 * @property {number} window_stride_frames
 * @property {number} frames_per_step
 * @property {number} window_steps
 * @property {number} [parameters] that were learned
 * @property {{type: string, range_db: number, silence_db: number}} [normalisation] what the network does first
 *
 * @typedef {object} RowRule
 * @property {number} step_s
 * @property {number} context_s
 * @property {number} temperature
 * @property {number} verdict_temperature
 * @property {number} [short_verdict_temperature] a further one of the verdict of a song of one second
 * @property {number} [short_verdict_below_s] up to which length there is some of it
 * @property {"softmax" | "sigmoid"} [activation] how logits become probabilities: of genres that exclude one another,
 *     as where it is absent, or of several at once
 * @property {number} [unsure_below] softmax: a row whose likeliest genre is less probable is unsure
 * @property {number} [verdict_unsure_below] the same for the verdict
 * @property {number[]} [thresholds] sigmoid: one a genre, which is heard in a row where it is that probable
 * @property {number[]} [verdict_thresholds] the same for the verdict
 *
 * @typedef {object} Contract
 * @property {number} format
 * @property {string} name
 * @property {string} version
 * @property {string[]} genres in the order of the logits
 * @property {SignalChain} signal_chain
 * @property {WindowLayout} network
 * @property {RowRule} rows
 * @property {number} minimum_duration_s
 * @property {string} browser_model
 * @property {string} server_model
 * @property {any} [training] how the network was made, and how often it is right: what there is to tell differs
 * @property {string} [head] of a network that was taught in a browser (teach/): its last layer, for the server
 * @property {string} [units] what some of its units hear best: see inside/units-file.js
 * @property {Record<string, {sha256: string, bytes: number}>} files of the folder, by path
 */

import { modelFile } from "./model-files.js";

export const FORMAT = 1;
/** More are no chart that anybody can read. */
export const MOST_GENRES = 100;
/** Characters of what is wrong: of a long list its beginning tells which one it is. */
const MOST_SHOWN = 80;

/** A model folder that this page cannot use: the message says what is wrong with it. */
export class ContractError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "ContractError";
  }
}

/** @param {unknown} found @param {unknown} known @param {string} what */
function requireKnown(found, known, what) {
  if (found !== known) {
    throw new ContractError(
      `contract.json: ${what} is ${JSON.stringify(found)}; this page knows ${JSON.stringify(known)}`,
    );
  }
}

/** @typedef {[string, (found: any) => boolean]} Rule what a field must be, in words, and whether it is */

/** @param {number} least @param {number} most @returns {Rule} */
const whole = (least, most) => [
  `a whole number from ${least} to ${most}`,
  (found) => Number.isInteger(found) && found >= least && found <= most,
];
/** @type {Rule} */
const ABOVE_ZERO = ["a number above 0", (found) => Number.isFinite(found) && found > 0];
/** @type {Rule} */
const AT_LEAST_ONE = ["a number of at least 1", (found) => Number.isFinite(found) && found >= 1];
/** @type {Rule} */
const NOT_NEGATIVE = ["a number that is not negative", (found) => Number.isFinite(found) && found >= 0];
/** @type {Rule} */
const PROBABILITY = ["a probability, 0 to 1", (found) => Number.isFinite(found) && found >= 0 && found <= 1];
/** @type {Rule} */
const TEXT = ["a text", (found) => typeof found === "string" && found !== ""];

/**
 * The upper bounds are far beyond any use: a number from elsewhere is not to take all memory or time there is.
 * @type {Record<string, Rule>}
 */
const FIELDS = {
  name: TEXT,
  version: TEXT,
  "signal_chain.sample_rate_hz": whole(1000, 384_000),
  "signal_chain.resampler.zero_crossings": whole(1, 512),
  "signal_chain.resampler.rolloff": PROBABILITY,
  "signal_chain.resampler.kaiser_beta": NOT_NEGATIVE,
  "signal_chain.n_fft": whole(16, 65_536),
  "signal_chain.hop_length": whole(1, 65_536),
  "signal_chain.n_mels": whole(1, 4096),
  "signal_chain.mel_filters": TEXT,
  "signal_chain.log.power_floor": ABOVE_ZERO,
  "network.window_frames": whole(1, 65_536),
  "network.window_stride_frames": whole(1, 65_536),
  "network.frames_per_step": whole(1, 65_536),
  "rows.step_s": ABOVE_ZERO,
  "rows.context_s": NOT_NEGATIVE,
  "rows.temperature": ABOVE_ZERO,
  "rows.verdict_temperature": ABOVE_ZERO,
  minimum_duration_s: NOT_NEGATIVE,
  browser_model: TEXT,
};

/** @type {Record<string, Rule>} what models of before did not say, and taught ones do not */
const FIELDS_THAT_MAY_LACK = {
  "rows.short_verdict_temperature": AT_LEAST_ONE,
  "rows.short_verdict_below_s": AT_LEAST_ONE,
  units: TEXT,
};

/** @type {Record<string, Rule>} where genres exclude one another */
const FIELDS_OF_ONE = { "rows.unsure_below": PROBABILITY, "rows.verdict_unsure_below": PROBABILITY };

/** Where several can be heard at once. @param {number} n_genres @returns {Record<string, Rule>} */
const fieldsOfSeveral = (n_genres) => {
  const [, holds] = PROBABILITY;
  /** @type {Rule} */
  const one_a_genre = [
    `a list of ${n_genres} probabilities, one a genre`,
    (found) => Array.isArray(found) && found.length === n_genres && found.every(holds),
  ];
  return { "rows.thresholds": one_a_genre, "rows.verdict_thresholds": one_a_genre };
};

/** @param {any} data @param {string} path names with dots @returns {any} undefined where there is none */
const fieldAt = (data, path) => path.split(".").reduce((part, name) => part?.[name], data);

/** What was found, for a sentence that says what was wanted. @param {unknown} found */
const inShort = (found) => {
  const whole = String(JSON.stringify(found));
  return whole.length > MOST_SHOWN ? `${whole.slice(0, MOST_SHOWN)}…` : whole;
};

/** @param {any} data @param {Record<string, Rule>} fields */
function requireFields(data, fields) {
  for (const [path, [words, holds]] of Object.entries(fields)) {
    const found = fieldAt(data, path);
    if (holds(found)) continue;
    throw new ContractError(`contract.json: ${path} is ${inShort(found)}, must be ${words}`);
  }
}

/** Whole steps everywhere, as the windows' cutting and joining counts on. @param {WindowLayout} layout */
function requireWholeSteps({ window_frames, window_stride_frames, frames_per_step, window_steps }) {
  requireKnown(window_steps * frames_per_step, window_frames, "window_steps × frames_per_step");
  const margins = window_frames - window_stride_frames;
  if (margins < 0 || window_stride_frames % frames_per_step || margins % (2 * frames_per_step)) {
    throw new ContractError(
      `contract.json: network.window_stride_frames is ${window_stride_frames}, ` +
        `which leaves no whole steps of ${frames_per_step} frames at both ends of a window`,
    );
  }
}

/** How probabilities come about, and from which on a genre is claimed. @param {any} data */
function requireBounds({ rows, genres }) {
  const { activation = "softmax" } = rows;
  if (activation !== "softmax" && activation !== "sigmoid") {
    throw new ContractError(
      `contract.json: rows.activation is ${inShort(activation)}; this page knows "softmax" and "sigmoid"`,
    );
  }
  requireFields({ rows }, activation === "softmax" ? FIELDS_OF_ONE : fieldsOfSeveral(genres.length));
}

/** @param {any} genres */
function requireGenres(genres) {
  const names = Array.isArray(genres) ? genres : [];
  const are_names = names.every((name) => typeof name === "string" && name.trim() !== "");
  if (names.length < 2 || !are_names || new Set(names).size !== names.length) {
    throw new ContractError(
      `contract.json: genres must be at least two names, each a different one, got ${JSON.stringify(genres)}`,
    );
  }
}

/**
 * @param {any} data what contract.json says
 * @returns {Contract}
 * @throws {ContractError} when it asks for something this page does not do
 */
export function checkContract(data) {
  requireKnown(data?.format, FORMAT, "format");
  requireKnown(fieldAt(data, "signal_chain.window"), "hann_periodic", "signal_chain.window");
  requireKnown(fieldAt(data, "signal_chain.resampler.type"), "kaiser_sinc", "signal_chain.resampler.type");
  requireKnown(fieldAt(data, "signal_chain.log.type"), "decibel", "signal_chain.log.type");
  requireFields(data, FIELDS);
  requireWholeSteps(data.network);
  requireGenres(data.genres);
  requireBounds(data);
  const is_there = (/** @type {[string, Rule]} */ [path]) => fieldAt(data, path) !== undefined;
  requireFields(data, Object.fromEntries(Object.entries(FIELDS_THAT_MAY_LACK).filter(is_there)));
  const { n_fft, hop_length } = data.signal_chain;
  if ((n_fft & (n_fft - 1)) !== 0) throw new ContractError(`contract.json: n_fft is ${n_fft}, must be a power of two`);
  if (hop_length > n_fft) throw new ContractError(`contract.json: hop_length is ${hop_length}, must be at most n_fft`);
  return data;
}

/**
 * Fetches and checks a contract. It is never taken from the cache unasked: it alone says which files belong together.
 * @param {string} url of contract.json
 * @returns {Promise<Contract>}
 */
export async function fetchContract(url) {
  const response = await fetch(url, { cache: "no-cache" });
  if (!response.ok) throw new ContractError(`${url} answered ${response.status}`);
  return checkContract(await response.json());
}

/**
 * @param {SignalChain} chain
 * @param {import("./model-files.js").ModelFolder} folder
 * @returns {Promise<Float32Array>} the mel filter matrix [n_mels, n_fft / 2 + 1]
 */
export async function fetchMelFilters({ mel_filters, n_mels, n_fft }, folder) {
  const bytes = await modelFile(folder, mel_filters);
  const expected = n_mels * (n_fft / 2 + 1);
  if (bytes.byteLength !== 4 * expected) {
    throw new ContractError(`${mel_filters}: ${bytes.byteLength} bytes, expected ${expected} numbers of 4`);
  }
  return new Float32Array(bytes);
}
