/**
 * A model folder out of what was taught, as training/export.py writes one. What it has in place of a server's network
 * of its own is the base's, as it is, and the new last layer beside it (`head`), which the server puts in when it loads
 * the folder. It has neither golden values nor a Keras network: no training can begin with it.
 */

import { readGraph } from "../model-files.js";
import { sha256Hex } from "../sha256.js";
import { WEIGHTS_FILE, withHead } from "./head-graph.js";

/**
 * @typedef {import("./base.js").Model} Model
 *
 * @typedef {import("./teach-worker.js").Fitted & {genres: string[]}} Taught
 */

/**
 * @param {Model} base
 * @param {Taught} taught
 * @param {string} name of the model
 * @returns {Promise<Model>} its folder lacks what the server alone needs: see serverFiles
 */
export async function makeModel(base, taught, name) {
  const { window_steps } = base.contract.network;
  const network = await readGraph(base.folder, base.contract.browser_model);
  const { graph, weights } = withHead(network, taught.head, window_steps);
  const mel_filters = /** @type {Blob} */ (base.folder.get(base.contract.signal_chain.mel_filters));
  const parts = /** @type {[string, Blob][]} */ ([
    ["browser/model.json", new Blob([JSON.stringify(graph)])],
    [`browser/${WEIGHTS_FILE}`, weights],
    ["head.f32", headFile(taught.head)],
    ["mel_filters.f32", mel_filters],
  ]);
  const files = { ...serversOwn(base.contract), ...(await described(parts)) };
  const contract = contractOf(base.contract, taught, name);
  const digest = (await hashOf(new Blob([JSON.stringify([files, contract])]))).slice(0, 12);
  const place = `export-${digest}/`;
  const placed = Object.fromEntries(Object.entries(files).map(([path, entry]) => [place + path, entry]));
  const version = `${new Date().toISOString().slice(0, 10).replaceAll("-", ".")}+${digest}`;
  return {
    contract: { ...contract, ...paths(contract, place), version, files: placed },
    folder: new Map(parts.map(([path, file]) => [place + path, file])),
  };
}

/**
 * @param {Model} model that was taught
 * @param {Model} base
 * @returns {[string, string][]} files that only a server needs: path in the model's folder, and in the base's
 */
export function serverFiles({ contract }, base) {
  const own = Object.keys(contract.files).filter((path) => path.startsWith(`${contract.server_model}/`));
  return own.map((path) => [path, base.contract.server_model + path.slice(contract.server_model.length)]);
}

/** @param {import("./head-graph.js").Head} head @returns {Blob} float32 [channels + 1, genres], the bias last */
const headFile = ({ kernel, bias }) => new Blob([/** @type {BlobPart} */ (kernel), /** @type {BlobPart} */ (bias)]);

/** @param {Blob} file */
const hashOf = async (file) => sha256Hex(await file.arrayBuffer());

/** @param {[string, Blob][]} parts */
async function described(parts) {
  const entries = parts.map(async ([path, file]) => [path, { sha256: await hashOf(file), bytes: file.size }]);
  return Object.fromEntries(await Promise.all(entries));
}

/** @param {Model["contract"]} base what it says of the server's network, which need not be here for that */
function serversOwn({ files, server_model }) {
  const own = Object.entries(files).filter(([path]) => path.startsWith(`${server_model}/`));
  return Object.fromEntries(own.map(([path, entry]) => [`server${path.slice(server_model.length)}`, entry]));
}

/** @param {Model["contract"]} base @param {Taught} taught @param {string} name */
function contractOf(base, { genres, counts, rule, figures }, name) {
  const { golden: _, keras_model: __, versions: ___, units: ____, ...rest } = /** @type {any} */ (base);
  const { parameters: _____, ...network } = /** @type {any} */ (base.network); // the base's last layer is counted in
  const { n_songs, n_groups, n_right, interval } = figures;
  const { step_s, context_s } = base.rows; // all else of its rule is of the base's own genres
  const output = `logits [1, ${base.network.window_steps}, ${genres.length}]`;
  return {
    ...rest,
    name,
    version: "",
    genres,
    network: { ...network, output },
    rows: { step_s, context_s, ...rule },
    training: {
      taught: "in a browser: a new last layer on another network's embedding",
      base: { name: base.name, version: base.version },
      songs: Object.fromEntries(genres.map((genre, i) => [genre, counts[i]])),
      temperatures_fitted_on: "the same songs, each judged by a layer that it did not teach",
      thresholds_fitted_on: "the same",
      left_out: {
        songs: n_songs,
        groups: n_groups,
        right: n_right,
        accuracy: n_right / n_songs,
        interval_95: interval,
      },
    },
  };
}

/** @param {any} contract @param {string} place */
const paths = (contract, place) => ({
  browser_model: `${place}browser/model.json`,
  server_model: `${place}server`,
  head: `${place}head.f32`,
  signal_chain: { ...contract.signal_chain, mel_filters: `${place}mel_filters.f32` },
});
