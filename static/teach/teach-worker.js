/** The teaching worker: songs of genres in, a fit out; a fit in, a model out; or a model's files in, a zip of them. */

import { calibrate } from "./calibration.js";
import { figuresOf } from "./figures.js";
import { teach } from "./leave-one-out.js";
import { makeModel } from "./taught-model.js";
import { twinsAmong } from "./twins.js";

/**
 * @typedef {import("./base.js").Model} Model
 *
 * @typedef {object} Fitted what came of it; without names, which are no part of it
 * @property {number[]} counts songs of each genre
 * @property {import("./head-graph.js").Head} head
 * @property {import("./calibration.js").Rule} rule
 * @property {import("./figures.js").Figures} figures
 * @property {[number, number][]} twins songs, counted through all genres, that are hard to tell apart
 *
 * @typedef {{what: "fit", genres: import("../network/embedding.js").Embedding[][]}} FitOrder songs of each genre
 *
 * @typedef {object} ModelOrder
 * @property {"model"} what
 * @property {Model} base
 * @property {Fitted} fitted
 * @property {string[]} genres their names
 * @property {string} name what the model is to be called
 *
 * @typedef {{what: "zip", folder: Map<string, Blob>}} ZipOrder
 *
 * @typedef {FitOrder | ModelOrder | ZipOrder} Order
 */

/** @param {FitOrder} order @returns {Fitted} */
function fitGenres({ genres }) {
  const songs = genres.flat();
  const targets = genres.flatMap((own, genre) => own.map(() => genre));
  const n_genres = genres.length;
  const { head, judged } = teach({ songs, targets, n_genres }, (fraction) => self.postMessage({ fraction }));
  const rule = calibrate(judged, n_genres);
  const figures = figuresOf(judged, n_genres, rule.verdict_temperature);
  const twins = twinsAmong(songs.map(({ mean }) => mean));
  return { counts: genres.map((own) => own.length), head, rule, figures, twins };
}

/** @param {ZipOrder} order */
async function zip({ folder }) {
  const { zipped } = await import("../own-model/zip.js");
  return zipped(folder);
}

/** @param {Order} order @returns {Promise<Fitted | Model | Blob>} */
async function resultOf(order) {
  if (order.what === "fit") return fitGenres(order);
  if (order.what === "model") return makeModel(order.base, { ...order.fitted, genres: order.genres }, order.name);
  return zip(order);
}

/** @param {MessageEvent<Order>} event */
self.onmessage = async ({ data: order }) => {
  try {
    self.postMessage({ result: await resultOf(order) });
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};
