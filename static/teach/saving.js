/** A taught model as the folder that a server and another page load, in a zip. */

import { download } from "../download.js";
import { modelFile } from "../model-files.js";
import { sha256Hex } from "../sha256.js";
import { downloadName } from "../take-along/file-name.js";
import { serverFiles } from "./taught-model.js";

/**
 * @typedef {import("./base.js").Model} Model
 */

/** Of the zip. */
const FOLDER = "taught-model/"; // not the name of the one that comes with the server

/** The base's files for servers cannot be had: there is no network, or the server has another model by now. */
export class NoServerFiles extends Error {}

/**
 * @param {Model} model
 * @param {Model} base
 * @param {string} contract_url of the base
 * @param {import("./tutor.js").Tutor} tutor
 * @returns {Promise<string>} the name of the file that went to the browser's downloads
 * @throws {NoServerFiles}
 */
export async function saveModel(model, base, contract_url, tutor) {
  const whole = new Map([...filesOf(model), ...(await forServers(model, base, contract_url))]);
  const placed = new Map([...whole].map(([path, file]) => [FOLDER + path, file]));
  const name = downloadName(model.contract.name, "zip");
  download(await tutor.zip(placed), name);
  return name;
}

/** @param {Model} model @returns {Map<string, Blob>} what a page needs of it, its contract first */
export function filesOf({ contract, folder }) {
  const json = JSON.stringify(contract, null, 1);
  return new Map([["contract.json", new Blob([json], { type: "application/json" })], ...folder]);
}

/** @param {Model} model @param {Model} base @param {string} contract_url @returns {Promise<[string, Blob][]>} */
async function forServers(model, base, contract_url) {
  const fetched = serverFiles(model, base).map(async ([path, path_in_base]) => {
    const bytes = await modelFile(contract_url, path_in_base).catch((error) => {
      throw new NoServerFiles(error.message);
    });
    const { sha256 } = model.contract.files[path];
    if ((await sha256Hex(bytes)) !== sha256) throw new NoServerFiles(`${path_in_base} is of another version`);
    return /** @type {[string, Blob]} */ ([path, new Blob([bytes])]);
  });
  return Promise.all(fetched);
}
