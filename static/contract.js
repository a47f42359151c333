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
 *
 * @typedef {object} RowRule
 * @property {number} step_s
 * @property {number} context_s
 * @property {number} temperature
 * @property {number} verdict_temperature
 * @property {number} unsure_below a row whose likeliest genre is less probable is unsure
 * @property {number} verdict_unsure_below the same for the verdict
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
 * @property {string} golden
 */

const FORMAT = 1;

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

/** @param {any} found @param {string} what */
function requireProbability(found, what) {
  if (typeof found !== "number" || !(found >= 0 && found <= 1)) {
    throw new ContractError(`contract.json: ${what} is ${JSON.stringify(found)}, must be a probability, 0 to 1`);
  }
}

/**
 * @param {any} data what contract.json says
 * @returns {Contract}
 * @throws {ContractError} when it asks for something this page does not do
 */
export function checkContract(data) {
  requireKnown(data?.format, FORMAT, "format");
  const { signal_chain, network, rows, genres } = data;
  requireKnown(signal_chain.window, "hann_periodic", "signal_chain.window");
  requireKnown(signal_chain.resampler.type, "kaiser_sinc", "signal_chain.resampler.type");
  requireKnown(signal_chain.log.type, "decibel", "signal_chain.log.type");
  requireKnown(network.window_steps * network.frames_per_step, network.window_frames, "window_steps × frames_per_step");
  requireProbability(rows.unsure_below, "rows.unsure_below");
  requireProbability(rows.verdict_unsure_below, "rows.verdict_unsure_below");
  const { n_fft, hop_length } = signal_chain;
  if ((n_fft & (n_fft - 1)) !== 0) throw new ContractError(`contract.json: n_fft is ${n_fft}, must be a power of two`);
  if (hop_length > n_fft) throw new ContractError(`contract.json: hop_length is ${hop_length}, must be at most n_fft`);
  if (!Array.isArray(genres) || genres.length < 2) {
    throw new ContractError(`contract.json: genres must be at least two names, got ${JSON.stringify(genres)}`);
  }
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
 * @param {string} contract_url
 * @returns {Promise<Float32Array>} the mel filter matrix [n_mels, n_fft / 2 + 1]
 */
export async function fetchMelFilters(chain, contract_url) {
  const url = new URL(chain.mel_filters, contract_url).href;
  const response = await fetch(url);
  if (!response.ok) throw new ContractError(`${url} answered ${response.status}`);
  const filters = new Float32Array(await response.arrayBuffer());
  const expected = chain.n_mels * (chain.n_fft / 2 + 1);
  if (filters.length !== expected) throw new ContractError(`${url}: ${filters.length} numbers, expected ${expected}`);
  return filters;
}
