/** The reader worker: a claim in, a model or what is wrong with it out. It ends with its answer. */

import { folderTree } from "./file-tree.js";
import { ModelError } from "./model-error.js";
import { readModel } from "./read-model.js";

/** @typedef {import("./claim.js").Claim} Claim */

/** @param {Claim} claim @returns {Promise<import("./file-tree.js").FileTree>} */
async function treeOf(claim) {
  if (claim.kind === "folder") return folderTree(claim.files);
  const { zipTree } = await import("./zip.js"); // with its library: most models come as folders
  return zipTree(claim.file);
}

/** @param {MessageEvent<Claim>} event */
self.onmessage = async ({ data: claim }) => {
  try {
    const model = await readModel(await treeOf(claim));
    const { tryOut } = await import("./trial.js"); // with TensorFlow.js: not for what is refused before
    await tryOut(model);
    self.postMessage({ model });
  } catch (error) {
    self.postMessage({ error: ModelError.from(error).toMessage() });
  }
};
