/** Tries a model out before anyone relies on it: its signal chain on a second of sound, and its network. */

import { fetchMelFilters } from "../contract.js";
import { startNetwork } from "../network/start.js";
import { LogMelStream } from "../signal/chain.js";
import { loadDsp } from "../signal/dsp.js";
import { ModelError } from "./model-error.js";

/** What most songs have. */
const TONE_RATE_HZ = 44_100;

/**
 * @param {import("./read-model.js").Model} model
 * @returns {Promise<void>}
 * @throws {ModelError} `does-not-run` or `wrong-shape`
 */
export async function tryOut({ contract, folder }) {
  const { network: layout, signal_chain, genres } = contract;
  const log_mel = await melOfATone(signal_chain, folder);
  const { network } = await startNetwork(contract, folder, "wasm");
  const window = new Float32Array(layout.window_frames * signal_chain.n_mels);
  for (let i = 0; i < window.length; i += 1) window[i] = log_mel[i % log_mel.length];
  const logits = await network(window);
  const expected = layout.window_steps * genres.length;
  const found = logits.length;
  if (found !== expected) throw new ModelError("wrong-shape", { what: "gives", found, expected });
  if (!logits.every(Number.isFinite)) throw new ModelError("does-not-run", { reason: "it gives no numbers" });
}

/**
 * @param {import("../contract.js").SignalChain} chain
 * @param {import("../model-files.js").ModelFolder} folder
 * @returns {Promise<Float32Array>} log-mel frames, one at least
 */
async function melOfATone(chain, folder) {
  const [filters, dsp] = await Promise.all([fetchMelFilters(chain, folder), loadDsp()]);
  const n_samples = Math.ceil(Math.max(1, (2 * chain.n_fft) / chain.sample_rate_hz) * TONE_RATE_HZ);
  const tone = Float32Array.from({ length: n_samples }, (_, i) => 0.3 * Math.sin(i / 16));
  const log_mel = new LogMelStream(chain, filters, dsp).push([tone], TONE_RATE_HZ);
  if (log_mel.length === 0 || !log_mel.every(Number.isFinite)) {
    throw new ModelError("does-not-run", { reason: "its signal chain gives no numbers" });
  }
  return log_mel;
}
