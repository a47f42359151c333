/**
 * What the network runs on: the visitor's word, or by itself the fastest of what this computer has. That is measured
 * once per computer and model, when the first song has been heard and the page is idle; until then it is WASM.
 */

import { poolSize } from "../engine/pool-size.js";
import { Prober } from "../engine/prober.js";
import * as say from "../messages.js";
import { recall, remember } from "./memory.js";
import { element } from "./page.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("../engine/analyser.js").Analysis} Analysis
 * @typedef {import("../engine/analyser.js").Started} Started
 * @typedef {import("../network/probe.js").Findings} Findings
 * @typedef {import("../network/probe.js").Gpu} Gpu
 * @typedef {import("../network/tf.js").Backend} Backend
 * @typedef {"auto" | Backend} Choice
 */

const CHOICES = ["auto", "wasm", "webgpu", "webgl"];
/** @type {Gpu[]} */
const GPUS = ["webgpu", "webgl"];

/** @returns {Promise<void>} when the page has nothing to do; Safari cannot tell */
const idle = () =>
  new Promise((resolve) => {
    if (typeof requestIdleCallback === "function") requestIdleCallback(() => resolve(), { timeout: 5000 });
    else setTimeout(resolve, 1000);
  });

/** @param {Analysis} analysis @param {Contract} contract @returns {number} decoding and features of a window, in ms */
function restPerWindow({ duration_s, timings_ms }, { network, signal_chain }) {
  const stride_s = (network.window_stride_frames * signal_chain.hop_length) / signal_chain.sample_rate_hz;
  return (timings_ms.decode + timings_ms.features) / Math.max(1, duration_s / stride_s);
}

export class BackendChoice {
  /** @param {() => void} onChange what `backendFor` answers may have changed */
  constructor(onChange) {
    this._onChange = onChange;
    this._prober = new Prober();
    this._n_pauses = 0;
    const chosen = recall("backend");
    /** @type {Choice} */
    this._choice = CHOICES.includes(chosen) ? chosen : "auto";
    this._listen();
  }

  /** @param {Contract} contract @returns {Backend} what its network is to run on */
  backendFor(contract) {
    if (this._choice !== "auto") return this._choice;
    return this._verdictFor(contract)?.backend ?? "wasm";
  }

  /** @param {Started} started what the network runs on now */
  show(started) {
    element("#backend-in-use").textContent = say.runsOn(started.backend, poolSize());
    const is_as_chosen = this._choice === "auto" || this._choice === started.backend;
    if (is_as_chosen) element("#backend-note").textContent = "";
    if (!started.refusal) return;
    element("#backend-note").textContent = say.refused(started.refusal);
    // What was measured holds no more: the computer may have changed.
    if (this._choice === "auto") remember("probe", null);
  }

  /** A song comes first. */
  pause() {
    this._n_pauses += 1;
    this._prober.stop();
  }

  /** @param {Analysis} analysis @param {Contract} contract @param {import("../model-files.js").ModelFolder} folder */
  async afterSong(analysis, contract, folder) {
    if (this._choice !== "auto" || this._verdictFor(contract)) return;
    const n_workers = poolSize();
    const rest_ms = restPerWindow(analysis, contract);
    const n_pauses = this._n_pauses;
    await idle();
    if (n_pauses !== this._n_pauses) return;
    const verdict = await this._prober.probe({ contract, folder, n_workers, rest_ms });
    if (!verdict) return;
    remember("probe", { machine: this._machine(contract), verdict });
    this._showFindings(verdict.reason);
    if (verdict.backend !== "wasm") this._onChange();
  }

  /** @param {Contract} contract what a verdict is about */
  _machine({ version }) {
    return `${version} ${navigator.userAgent}`;
  }

  /** @param {Contract} contract @returns {import("../network/probe.js").Verdict | null} */
  _verdictFor(contract) {
    const known = recall("probe");
    return known?.machine === this._machine(contract) ? known.verdict : null;
  }

  _listen() {
    for (const choice of CHOICES) {
      const radio = this._radio(choice);
      radio.checked = choice === this._choice;
      radio.addEventListener("change", () => this._choose(/** @type {Choice} */ (choice)));
    }
    const details = /** @type {HTMLDetailsElement} */ (element("#backend"));
    details.addEventListener("toggle", () => details.open && this._survey(), { once: true });
  }

  /** @param {string} choice */
  _radio(choice) {
    return /** @type {HTMLInputElement} */ (element(`#backend input[value="${choice}"]`));
  }

  /** @param {Choice} choice */
  _choose(choice) {
    this._choice = choice;
    remember("backend", choice === "auto" ? null : choice);
    element("#backend-note").textContent = say.FROM_THE_NEXT_SONG;
    this._onChange();
  }

  /** Looks what there is only for those who look here: even that takes a GPU's driver some work. */
  async _survey() {
    const known = recall("probe");
    const findings = known?.machine.endsWith(` ${navigator.userAgent}`) ? known.verdict.reason : null;
    this._showFindings(findings ?? (await new Prober().survey()));
  }

  /** @param {Findings | null} findings */
  _showFindings(findings) {
    if (!findings) return;
    for (const gpu of GPUS) {
      element(`#backend-${gpu}-note`).textContent = say.gpuFinding(findings[gpu]);
      this._radio(gpu).disabled = findings[gpu].code === "none" && this._choice !== gpu;
    }
  }
}
