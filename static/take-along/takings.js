/** All that a chart can be made into. The page fetches it once there is a chart to take along: it starts sooner so. */

import { analysisCsv } from "./analysis-csv.js";
import { analysisJson } from "./analysis-json.js";
import { chartPng } from "./chart-png.js";
import { chartSvg } from "./chart-svg.js";

export { chartLink } from "./chart-link.js";

/**
 * Pictures show the lanes, whichever view the page is in: they are read without the readout and the pointer.
 * @typedef {import("./link-format.js").TitledAnalysis} TitledAnalysis
 */

/** @type {Record<string, (song: TitledAnalysis) => Blob | Promise<Blob>>} by the file's ending */
export const FILES = {
  png: (song) => chartPng(song),
  svg: (song) => chartSvg(song),
  csv: ({ analysis }) => new Blob([analysisCsv(analysis)], { type: "text/csv;charset=utf-8" }),
  json: ({ analysis }) => new Blob([analysisJson(analysis)], { type: "application/json" }),
};
