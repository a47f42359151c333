/** The page's one analyser, for the model and the backend that are wanted now. */

import { fetchContract } from "../contract.js";
import { isSupported } from "../supported.js";
import { Analyser } from "./analyser.js";
import { SongError } from "./song-error.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("../model-files.js").ModelFolder} ModelFolder
 * @typedef {import("../network/tf.js").Backend} Backend
 * @typedef {{contract: Contract, folder: ModelFolder}} Model
 */

/**
 * A contract that could not be had is asked for again with the next song; another backend or model takes another
 * analyser.
 */
export class AnalyserLoader {
  /**
   * @param {string} contract_url of the built-in model
   * @param {object} network
   * @param {(contract: Contract) => Backend} network.backendFor what it is to run on
   * @param {(started: import("./analyser.js").Started) => void} network.onNetwork
   */
  constructor(contract_url, { backendFor, onNetwork }) {
    this._contract_url = contract_url;
    this._backendFor = backendFor;
    this._onNetwork = onNetwork;
    this._is_supported = isSupported();
    /** @type {Promise<Contract> | null} */
    this._contract = null;
    /** @type {Model | null} the visitor's, in place of ours */
    this._own = null;
    /** @type {{backend: string, folder: ModelFolder, analyser: Analyser} | null} */
    this._current = null;
  }

  /** @returns {Promise<Analyser>} @throws {SongError} `unsupported-browser`, `no-model` */
  async get() {
    const { contract, folder } = await this.model();
    const backend = this._backendFor(contract);
    if (this._current?.backend !== backend || this._current.folder !== folder) {
      this._current?.analyser.end();
      this._current = { backend, folder, analyser: this._create(contract, folder, backend) };
    }
    return this._current.analyser;
  }

  /** @returns {Promise<Model>} that listens @throws {SongError} `unsupported-browser`, `no-model` */
  async model() {
    if (!this._is_supported) throw new SongError("unsupported-browser");
    return this._own ?? { contract: await this.builtIn(), folder: this._contract_url };
  }

  /** @param {Model | null} model null: ours again */
  use(model) {
    this._own = model;
  }

  /** Ends the work on the current song, if any: another one may be a while in coming. */
  abort() {
    this._current?.analyser.abort();
  }

  /** @returns {Promise<Contract>} of our own model, whichever listens @throws {SongError} `no-model` */
  builtIn() {
    this._contract ??= fetchContract(this._contract_url).catch((error) => {
      this._contract = null;
      throw new SongError("no-model", { reason: error.message });
    });
    return this._contract;
  }

  /** @param {Contract} contract @param {ModelFolder} folder @param {Backend} backend */
  _create(contract, folder, backend) {
    const analyser = new Analyser(contract, folder, { backend, onNetwork: this._onNetwork });
    analyser.warmUp();
    return analyser;
  }
}
