/** The teaching worker: songs and their genres in, a model out; or a model's files in, a zip of them out. */

import { calibrate } from "./calibration.js";
import { figuresOf } from "./figures.js";
import { teach } from "./leave-one-out.js";
import { makeModel } from "./taught-model.js";
import { twinsAmong } from "./twins.js";

/**
 * @typedef {import("./base.js").Model} Model
 *
 * @typedef {object} TeachOrder
 * @property {"teach"} what
 * @property {Model} base
 * @property {{name: string, embeddings: import("../network/embedding.js").Embedding[]}[]} genres
 * @property {string} name what the model is to be called
 *
 * @typedef {{what: "zip", folder: Map<string, Blob>}} ZipOrder
 *
 * @typedef {object} Lesson what came of it
 * @property {Model} model
 * @property {import("./figures.js").Figures} figures
 * @property {[number, number][]} twins songs, counted through all genres, that are hard to tell apart
 */

/** @param {TeachOrder} order @returns {Promise<Lesson>} */
async function teachGenres({ base, genres, name }) {
  const songs = genres.flatMap(({ embeddings }) => embeddings);
  const targets = genres.flatMap(({ embeddings }, genre) => embeddings.map(() => genre));
  const n_genres = genres.length;
  const { head, judged } = teach({ songs, targets, n_genres }, (fraction) => self.postMessage({ fraction }));
  const rule = calibrate(judged, n_genres);
  const figures = figuresOf(judged, n_genres, rule.verdict_temperature);
  const counts = genres.map(({ embeddings }) => embeddings.length);
  const taught = { genres: genres.map((genre) => genre.name), counts, head, rule, figures };
  const model = await makeModel(base, taught, name);
  return { model, figures, twins: twinsAmong(songs.map(({ mean }) => mean)) };
}

/** @param {ZipOrder} order */
async function zip({ folder }) {
  const { zipped } = await import("../own-model/zip.js");
  return zipped(folder);
}

/** @param {MessageEvent<TeachOrder | ZipOrder>} event */
self.onmessage = async ({ data: order }) => {
  try {
    self.postMessage({ result: await (order.what === "teach" ? teachGenres(order) : zip(order)) });
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};
