/** All that a chart can be made into. The page fetches it once there is a chart to take along: it starts sooner so. */

import { analysisCsv } from "./analysis-csv.js";
import { analysisJson } from "./analysis-json.js";
import { chartPng } from "./chart-png.js";
import { chartSvg } from "./chart-svg.js";

export { chartLink } from "./chart-link.js";

/**
 * @typedef {import("./link-format.js").TitledAnalysis} TitledAnalysis
 *
 * @typedef {object} Look what the page shows of the song
 * @property {string} picture one of ui/pictures.js
 * @property {import("../signal/sound-frames.js").SoundFrames | null} sound null while it is not shown
 */

/** @type {Record<string, (song: TitledAnalysis, look: Look) => Blob | Promise<Blob>>} by the file's ending */
export const FILES = {
  png: chartPng,
  svg: chartSvg,
  csv: ({ analysis }) => new Blob([analysisCsv(analysis)], { type: "text/csv;charset=utf-8" }),
  json: ({ analysis }) => new Blob([analysisJson(analysis)], { type: "application/json" }),
};
