/**
 * A link that carries a chart in its fragment, which browsers keep from servers:
 *
 *     …/#chart.1d.eJxj…0A.end
 *
 * with the version of the format, how it is packed (`link-squeeze.js`), and an end that tells whether all of it has
 * arrived. Only characters that nobody escapes; none at its end that programs take for the sentence's.
 */

import { FRAGMENT_START } from "./fragment.js";
import { LinkError } from "./link-error.js";
import { ONE, SEVERAL, bytesOf, songOf } from "./link-format.js";
import { squeezed, unsqueezed } from "./link-squeeze.js";
import { pooled } from "./pooled.js";

/** @typedef {import("./link-format.js").TitledAnalysis} TitledAnalysis */

const VERSIONS = [ONE, SEVERAL];
const END = ".end";

/** A whole message in Discord, which has the least room of the usual chat programs. */
export const MAX_LINK_LENGTH = 2000;
/** A longer fragment is not looked at: a future version may need more than ours, but not this much. */
const MAX_FRAGMENT_LENGTH = 20_000;

/** No screen shows more columns. */
const MAX_COLUMNS = 1200;
const POOL_SIZES = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 300, 600, 1200, 3600];
/** Whole per cents are what the page says, and leave more seconds apart than finer ones do. */
const LEVELS = [255, 100];

/**
 * The finest link that has no more than MAX_LINK_LENGTH characters.
 * @param {TitledAnalysis} song
 * @param {string} page_url without a fragment
 * @returns {Promise<{url: string, step_s: number}>} step_s: what one column of its chart stands for
 * @throws {LinkError} `too-large`
 */
export async function chartLink(song, page_url) {
  const n_rows = song.analysis.probabilities.length;
  const version = song.analysis.thresholds ? SEVERAL : ONE;
  for (const n of POOL_SIZES.filter((size) => n_rows <= size * MAX_COLUMNS)) {
    const coarser = pooledSong(song, n);
    for (const levels of LEVELS) {
      const url = `${page_url}${FRAGMENT_START}${version}${await squeezed(bytesOf(coarser, levels))}${END}`;
      if (url.length <= MAX_LINK_LENGTH) return { url, step_s: coarser.analysis.step_s };
    }
    if (n >= n_rows) break;
  }
  throw new LinkError("too-large", `more than ${MAX_LINK_LENGTH} characters`);
}

/** @param {TitledAnalysis} song @param {number} n rows that become one @returns {TitledAnalysis} */
function pooledSong({ title, analysis }, n) {
  const { rows, unsure } = pooled(analysis.probabilities, analysis.unsure, n, analysis.thresholds);
  return { title, analysis: { ...analysis, step_s: n * analysis.step_s, probabilities: rows, unsure } };
}

/**
 * @param {string} fragment of anyone's making
 * @returns {Promise<TitledAnalysis>}
 * @throws {LinkError}
 */
export async function linkedSong(fragment) {
  if (fragment.length > MAX_FRAGMENT_LENGTH) throw new LinkError("invalid", `${fragment.length} characters`);
  const version = Number(/^\d{1,4}/.exec(fragment.slice(FRAGMENT_START.length))?.[0]);
  if (version > Math.max(...VERSIONS)) throw new LinkError("newer", `version ${version}`);
  if (!VERSIONS.includes(version)) throw new LinkError("incomplete", "no version");
  if (!fragment.endsWith(END)) throw new LinkError("incomplete", "no end");
  return songOf(await unsqueezed(fragment.slice(`${FRAGMENT_START}${version}`.length, -END.length)), version);
}
