/** An analyser that gives no chart of a song, but what a last layer can be taught by. */

import { Analyser } from "./analyser.js";

export class Embedder extends Analyser {
  /**
   * @param {import("../contract.js").Contract} contract whose genres are the channels
   * @param {import("../model-files.js").ModelFolder} folder of a network that ends with its embedding
   */
  constructor(contract, folder) {
    super(contract, folder, { wanted: "embedding" });
  }

  /**
   * @param {File} file
   * @param {(fraction: number) => void} onProgress
   * @returns {Promise<import("../network/embedding.js").Embedding>} rejects as `analyse` does
   */
  async embed(file, onProgress) {
    const { mean, stretches } = await this._begin(file, { onProgress, onRows: () => {} }).result;
    return { mean, stretches };
  }
}
