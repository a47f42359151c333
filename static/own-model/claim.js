/** Whether what a visitor gives the page is a model and not a song, by the names of the files alone. Pure. */

/**
 * @typedef {import("../library/files.js").Found} Found
 * @typedef {{kind: "folder", files: Found[]} | {kind: "zip", file: File}} Claim
 */

/** What only a model folder has: one that lacks its contract is still known for what it was to be. */
const PARTS = /(^|\/)(contract\.json|mel_filters\.f32|network\.keras|saved_model\.pb|group\d+-shard\d+of\d+\.bin)$/;

/** @param {File} file */
const isZip = ({ name, type }) => /\.zip$/i.test(name) || /^application\/(x-)?zip/.test(type);

/**
 * To be asked before anything is taken for a song.
 * @param {Found[]} found all that was dropped or chosen together
 * @returns {Claim | null} null when there is no model among them
 */
export function modelAmong(found) {
  if (found.some(({ path }) => PARTS.test(path))) return { kind: "folder", files: found };
  return found.length === 1 && isZip(found[0].file) ? { kind: "zip", file: found[0].file } : null;
}
