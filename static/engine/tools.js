/** What every segment of a song needs to become log-mel, made once in a worker. */

import { fetchMelFilters } from "../contract.js";
import { PartReader } from "../decode/file-blocks.js";
import { createMpegDecoder } from "../decode/mpeg/mpg123.js";
import { loadDsp } from "../signal/dsp.js";

/**
 * @param {import("../contract.js").Contract} contract
 * @param {import("../model-files.js").ModelFolder} folder
 * @returns {Promise<import("./segment-task.js").Tools>}
 */
export async function makeTools(contract, folder) {
  const [mel_filters, dsp] = await Promise.all([fetchMelFilters(contract.signal_chain, folder), loadDsp()]);
  // Both take some milliseconds, which nobody waits for now.
  dsp.melKernel(contract.signal_chain, mel_filters);
  createMpegDecoder({ is_gapless: false }).then((decoder) => decoder.free(), () => {}); // a song will tell of an error
  return { contract, mel_filters, dsp, reader: new PartReader() };
}
