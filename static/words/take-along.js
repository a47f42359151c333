/** Taking a chart along: downloads, pictures and links. */

import { clock } from "./numbers.js";
import { genreShares, verdictInWords } from "./song.js";

export const NAMELESS = "Song";

/** What stands between a song's title and the ending of a file's name. */
export const FILE_NAME_END = " - genres";

/** @param {string} name */
export const saved = (name) => `Saved as “${name}”.`;

export const NOT_SAVED = "This could not be made. Try it once more, or reload the page if that does not help.";

/** @param {number} step_s */
const inColumns = (step_s) => (step_s === 1 ? "" : ` Each column stands for ${Number(step_s.toFixed(2))} seconds.`);

const WHAT_IT_SHOWS = "Whoever opens it sees this chart and the song’s title, but cannot hear the song.";

/** @param {number} step_s */
export const linkCopied = (step_s) => `Link copied. ${WHAT_IT_SHOWS}${inColumns(step_s)}`;

/** @param {number} step_s */
export const linkToCopy = (step_s) => `Copy the link above. ${WHAT_IT_SHOWS}${inColumns(step_s)}`;

const LINK_TOO_LARGE = "The names of this network’s genres are too long for a link. Take the picture instead.";

/** @param {number} step_s */
export const fromLink = (step_s) =>
  `This chart came with a link, without its sound.${inColumns(step_s)} Drop the song, or any other one, to hear it.`;

/** @param {string} title @param {import("./song.js").Verdict} verdict */
export const linkedInWords = (title, verdict) =>
  `A chart from a link, without its sound: ${title}. ${verdictInWords(verdict)}.`;

/** @type {Record<import("../take-along/link-error.js").LinkErrorCode, string>} */
export const BROKEN_LINKS = {
  incomplete:
    "The chart in this link is incomplete: the link was cut off or changed on its way here. Ask for it again.",
  invalid: "This link carries no chart that can be shown: it was not made by this page. Ask for it again.",
  newer: "The chart in this link was made by a newer version of this page. Reload the page and open the link again.",
  "old-browser": "This browser is too old to unpack the chart in this link. Any current one can.",
  "too-large": LINK_TOO_LARGE,
  "not-loaded": "A part of this page could not be loaded. Check the connection to the server and reload the page.",
};

/** Legend of the chart in pictures. */
export const UNSURE_LEGEND = "unsure: nothing there sounds enough like one of these genres";

/** @param {number} duration_s */
export const ofMusic = (duration_s) => `${clock(duration_s)} of music`;

/** @param {number} step_s */
export const columnsOf = (step_s) =>
  `one column for ${step_s === 1 ? "each second" : `${Number(step_s.toFixed(2))} seconds`}`;

/** @param {{name: string, version: string}} model */
export const madeBy = ({ name, version }) => `Genrescope, with the network ${name} ${version}`;

/** @param {string} title */
export const pictureTitle = (title) => `The genres of ${title}`;

/**
 * @param {import("./song.js").Verdict} verdict
 * @param {{genre: string, share: number}[]} top
 * @param {string[]} genres
 * @param {number} duration_s
 */
export const pictureInWords = (verdict, top, genres, duration_s) =>
  `${ofMusic(duration_s)}. ${verdictInWords(verdict)}. In the whole song: ${genreShares(top)}. The chart has a row ` +
  `for each genre (${genres.join(", ")}) and a bar for each second, the thicker the likelier.`;
