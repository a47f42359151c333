/** All that a chart can be made into. The page fetches it once there is a chart to take along: it starts sooner so. */

import { analysisCsv } from "./analysis-csv.js";
import { analysisJson } from "./analysis-json.js";
import { chartPng } from "./chart-png.js";
import { chartSvg } from "./chart-svg.js";

export { chartLink } from "./chart-link.js";

/**
 * @typedef {import("./link-format.js").TitledAnalysis} TitledAnalysis
 *
 * @typedef {object} ChartView how the chart is drawn in pictures; the genre lanes unless said otherwise
 * @property {import("./chart-png.js").Painter} [paint]
 * @property {import("./chart-svg.js").Tracer} [trace]
 */

/** @type {Record<string, (song: TitledAnalysis, view: ChartView) => Blob | Promise<Blob>>} by the file's ending */
export const FILES = {
  png: (song, { paint }) => chartPng(song, paint),
  svg: (song, { trace }) => chartSvg(song, trace),
  csv: ({ analysis }) => new Blob([analysisCsv(analysis)], { type: "text/csv;charset=utf-8" }),
  json: ({ analysis }) => new Blob([analysisJson(analysis)], { type: "application/json" }),
};
