/**
 * What a model's units hear best, as its folder tells it: written by training/units.py, and not there in every folder.
 * Field names are units.json's own.
 */

import { modelFile } from "../model-files.js";

/**
 * @typedef {object} UnitOfFile
 * @property {number} unit its number in the layer
 * @property {number} n_excerpts that its picture is the mean of, each of another song
 * @property {Record<string, number>} genres how many of them are of each, the commonest first
 *
 * @typedef {object} LayerOfFile
 * @property {string} node of the graph, whose output the units' activations are
 * @property {number} n_units that the layer has
 * @property {number} duration_s that a unit hears at once
 * @property {number} n_frames the same in frames
 * @property {number} frames_a_column of a picture; the last column has what is left
 * @property {number} n_columns
 * @property {number} n_cells of a column, from low to high, the mel bands evenly among them
 * @property {UnitOfFile[]} units
 * @property {Uint8Array[]} pictures [n_columns, n_cells] each: 0 to 255 for the range_db up to a window's loudest cell
 *
 * @typedef {object} UnitsFile
 * @property {string} music whose the pictures are made of
 * @property {number} n_songs that were heard for them
 * @property {number} range_db
 * @property {LayerOfFile[]} layers from the input on
 */

const FORMAT = 1;
const MOST_LAYERS = 8;
const MOST_UNITS = 64;
const MOST_SIDE = 4096; // of a picture

/** What is said of the units cannot be used: the message says why. */
export class UnitsError extends Error {
  /** @param {string} reason @param {boolean} [is_out_of_reach] it may be as good as any, and could not be fetched */
  constructor(reason, is_out_of_reach = false) {
    super(reason);
    this.is_out_of_reach = is_out_of_reach;
  }
}

/** @param {unknown} number @param {number} least @param {number} most */
const isWhole = (number, least, most) => Number.isInteger(number) && Number(number) >= least && Number(number) <= most;

/** @param {boolean} holds @param {string} reason */
function need(holds, reason) {
  if (!holds) throw new UnitsError(reason);
}

/**
 * @param {import("../contract.js").Contract} contract
 * @param {import("../model-files.js").ModelFolder} folder
 * @returns {Promise<UnitsFile | null>} null where nothing is said
 * @throws {UnitsError}
 */
export async function readUnits({ units: path, signal_chain }, folder) {
  if (!path) return null;
  try {
    const told = JSON.parse(new TextDecoder().decode(await fileOf(folder, path)));
    need(told?.format === FORMAT, `its format is ${told?.format}, and this page knows ${FORMAT}`);
    need(told.range_db > 0, `its pictures are of ${told.range_db} dB`);
    need(Array.isArray(told.layers) && isWhole(told.layers.length, 1, MOST_LAYERS), "it has no list of layers");
    for (const layer of told.layers) checkLayer(layer, signal_chain.n_mels);
    const beside = path.slice(0, path.lastIndexOf("/") + 1);
    const pictures = new Uint8Array(await fileOf(folder, beside + told.pictures));
    return { ...told, layers: withPictures(told.layers, pictures) };
  } catch (error) {
    throw error instanceof UnitsError ? error : new UnitsError(error instanceof Error ? error.message : String(error));
  }
}

/** @param {import("../model-files.js").ModelFolder} folder @param {string} path @returns {Promise<ArrayBuffer>} */
async function fileOf(folder, path) {
  try {
    return await modelFile(folder, path);
  } catch (error) {
    throw new UnitsError(error instanceof Error ? error.message : String(error), typeof folder === "string");
  }
}

/** @param {any} layer @param {number} n_mels */
function checkLayer(layer, n_mels) {
  const { node, n_units, duration_s, n_frames, frames_a_column, n_columns, n_cells, units } = layer ?? {};
  need(typeof node === "string", "a layer has no place in the network");
  need(Number.isFinite(duration_s) && isWhole(n_frames, 1, MOST_SIDE), `${node} hears no stretch of time`);
  const n_expected = isWhole(frames_a_column, 1, n_frames) ? Math.ceil(n_frames / frames_a_column) : 0;
  need(n_columns === n_expected, `${node} has pictures of ${n_columns} columns, must be ${n_expected}`);
  need(isWhole(n_cells, 1, n_mels) && n_mels % n_cells === 0, `${node} has pictures ${n_cells} cells high`);
  need(Array.isArray(units) && isWhole(units.length, 1, MOST_UNITS), `${node} has no list of units`);
  for (const { unit, n_excerpts, genres } of units) {
    need(isWhole(unit, 0, n_units - 1) && isWhole(n_excerpts, 1, 1e6), `${node} has no unit ${unit}`);
    need(Object.values(genres ?? {}).every((n) => isWhole(n, 1, n_excerpts)), `${node}: unit ${unit} has no genres`);
  }
}

/** @param {LayerOfFile[]} layers @param {Uint8Array} bytes of all pictures @returns {LayerOfFile[]} */
function withPictures(layers, bytes) {
  const n_expected = layers.reduce((sum, { units, n_columns, n_cells }) => sum + units.length * n_columns * n_cells, 0);
  need(bytes.length === n_expected, `its pictures are ${bytes.length} bytes, must be ${n_expected}`);
  let at = 0;
  return layers.map((layer) => {
    const size = layer.n_columns * layer.n_cells;
    const pictures = layer.units.map(() => bytes.slice(at, (at += size)));
    return { ...layer, pictures };
  });
}
