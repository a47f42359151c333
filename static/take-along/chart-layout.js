/**
 * Where everything in a picture of the chart stands, in CSS pixels: the same for PNG and SVG, and fit to be printed, so
 * that it does not depend on the window. Pure but for the width of texts, which it is given.
 */

import * as say from "../messages.js";
import { tickTimes } from "../ui/time-axis.js";

/**
 * @typedef {object} Label one line of text
 * @property {string} text
 * @property {number} x
 * @property {number} y of its baseline
 * @property {number} size_px
 * @property {number} weight
 * @property {"ink" | "soft"} colour
 * @property {"start" | "middle" | "end"} anchor which part of the text is at x
 *
 * @typedef {{x: number, y: number, width: number, height: number}} Box
 *
 * @typedef {object} Layout
 * @property {number} width
 * @property {number} height
 * @property {Box} plot
 * @property {string} picture one of ui/pictures.js
 * @property {Box | null} sound below the plot, on the same time axis; null where it is not shown
 * @property {number} chart_s across them
 * @property {Label[]} labels
 * @property {(Box & {genre: number})[]} keys squares in the genres' colours, where their areas lie beside other names
 * @property {Box[]} lines thin ones, filled
 * @property {Box | null} swatch of what is unsure, beside its words; null where nothing is
 *
 * @typedef {(text: string, size_px: number, weight: number) => number} Measure a text's width
 */

const WIDTH = 1200;
const MARGIN = 36;
const TITLE = { size_px: 30, weight: 700, line: 36, max_lines: 2 };
const VERDICT = { size_px: 17, weight: 500, line: 32 };
const GENRE = { size_px: 15, weight: 400, max_width: 170, gap: 12 };
const SMALL = { size_px: 13, weight: 400, line: 24 };
const LANE = 40;
const MANY_GENRES = 16;
const LANE_OF_MANY = 24;
const SOUND_HEIGHT = 112; // as in the page
const KEY = { size: 10, gap: 7 };
/** Between lanes. */
export const GAP = 6;
export const HAIRLINE = 1;

/**
 * @param {import("./link-format.js").TitledAnalysis} song
 * @param {{picture: string, has_sound: boolean}} look
 * @param {Measure} measure
 * @returns {Layout}
 */
export function layOut({ title, analysis }, { picture, has_sound }, measure) {
  const { genres, step_s, probabilities, verdict } = analysis;
  const head = headLabels(title, say.verdictInWords(verdict), measure);
  const names = genres.map((genre) => fitted(genre, GENRE.max_width, GENRE, measure));
  const key = picture === "stacked" ? KEY.size + KEY.gap : 0;
  const x = MARGIN + Math.max(...names.map((name) => measure(name, GENRE.size_px, GENRE.weight))) + GENRE.gap + key;
  const lane = genres.length > MANY_GENRES ? LANE_OF_MANY : LANE;
  const plot = { x: Math.ceil(x), y: head.bottom, width: 0, height: lane * genres.length };
  plot.width = WIDTH - MARGIN - plot.x;
  const chart_s = probabilities.length * step_s;
  const sound = has_sound ? { ...plot, y: plot.y + plot.height, height: SOUND_HEIGHT } : null;
  const below = sound ?? plot;
  const axis = axisLabels(below, chart_s);
  const foot = footLabels(below, analysis, picture);
  return {
    width: WIDTH,
    height: foot.bottom + MARGIN / 2,
    plot,
    picture,
    sound,
    chart_s,
    labels: [...head.labels, ...genreLabels(names, plot, lane, plot.x - GENRE.gap - key), ...axis, ...foot.labels],
    keys: key > 0 ? genreKeys(plot, lane, genres.length) : [],
    lines: [...laneLines(plot, lane, genres.length, picture), ...borders(plot, sound)],
    swatch: foot.swatch,
  };
}

/** @param {string} title @param {string} verdict @param {Measure} measure */
function headLabels(title, verdict, measure) {
  const lines = wrapped(title, WIDTH - 2 * MARGIN, measure);
  /** @type {Label[]} */
  const labels = lines.map((text, i) => label(text, MARGIN, MARGIN + 24 + i * TITLE.line, TITLE, "ink"));
  const verdict_y = MARGIN + 24 + (lines.length - 1) * TITLE.line + VERDICT.line;
  labels.push(label(verdict, MARGIN, verdict_y, VERDICT, "soft"));
  return { labels, bottom: verdict_y + MARGIN / 2 };
}

/** @param {string[]} names @param {Box} plot @param {number} lane @param {number} end_x */
function genreLabels(names, plot, lane, end_x) {
  const baseline = lane / 2 + GENRE.size_px / 3;
  return names.map((name, i) => label(name, end_x, plot.y + i * lane + baseline, GENRE, "soft", "end"));
}

/** @param {Box} plot @param {number} lane @param {number} n */
function genreKeys({ x, y }, lane, n) {
  const [width, left] = [KEY.size, x - GENRE.gap - KEY.size];
  return Array.from({ length: n }, (_, genre) => {
    return { x: left, y: y + (genre + 0.5) * lane - width / 2, width, height: width, genre };
  });
}

/** @param {Box} plot @param {number} chart_s */
function axisLabels(plot, chart_s) {
  const y = plot.y + plot.height + 20;
  const ticks = tickTimes(chart_s, plot.width).map((time_s, i) => {
    const x = plot.x + (time_s / chart_s) * plot.width;
    return label(say.clock(time_s), x, y, SMALL, "soft", i === 0 ? "start" : "middle");
  });
  return ticks.filter(({ x }) => x <= plot.x + plot.width - SMALL.size_px); // one at the very end would stick out
}

/** @param {Box} plot @param {import("./analysis-json.js").Prediction} analysis @param {string} picture */
function footLabels(plot, { model, duration_s, step_s, thresholds, probabilities, unsure, verdict }, picture) {
  const below = plot.y + plot.height;
  const is_unsure = unsure.includes(true) || verdict.unsure;
  const swatch = is_unsure ? { x: plot.x, y: below + 40, width: 26, height: 13 } : null;
  const labels = [];
  if (swatch) labels.push(label(say.UNSURE_LEGEND, swatch.x + swatch.width + 8, swatch.y + 11, SMALL, "soft"));
  let bottom = below + (swatch ? 84 : 60);
  if (thresholds) {
    labels.push(label(say.SEVERAL_LEGEND[picture], plot.x, swatch ? bottom - SMALL.line / 2 : bottom, SMALL, "soft"));
    bottom += SMALL.line;
  }
  const has_a_column_each = probabilities.length <= plot.width;
  const measures = has_a_column_each ? [say.ofMusic(duration_s), say.columnsOf(step_s)] : [say.ofMusic(duration_s)];
  labels.push(label(measures.join(", "), plot.x, bottom, SMALL, "soft"));
  labels.push(label(say.madeBy(model), plot.x + plot.width, bottom, SMALL, "soft", "end"));
  return { labels, bottom, swatch };
}

/**
 * As in the page: through the middle of each lane; between the rows of the heat map; none behind areas.
 * @param {Box} plot
 * @param {number} lane
 * @param {number} n
 * @param {string} picture
 */
function laneLines({ x, y, width }, lane, n, picture) {
  if (picture === "stacked") return [];
  const [n_lines, first] = picture === "heat" ? [n - 1, lane - HAIRLINE] : [n, (lane - HAIRLINE) / 2];
  return Array.from({ length: n_lines }, (_, i) => ({ x, y: y + first + i * lane, width, height: HAIRLINE }));
}

/** Below the plot, and below the sound: the time axis. @param {Box} plot @param {Box | null} sound */
function borders(plot, sound) {
  const boxes = sound ? [plot, sound] : [plot];
  return boxes.map(({ x, y, width, height }) => ({ x, y: y + height, width, height: HAIRLINE }));
}

/**
 * @param {string} text @param {number} x @param {number} y
 * @param {{size_px: number, weight: number}} type
 * @param {Label["colour"]} colour @param {Label["anchor"]} [anchor]
 * @returns {Label}
 */
function label(text, x, y, { size_px, weight }, colour, anchor = "start") {
  return { text, x, y, size_px, weight, colour, anchor };
}

/**
 * @param {string} text @param {number} width
 * @param {{size_px: number, weight: number}} type
 * @param {Measure} measure
 * @returns {string} cut with an ellipsis where it is wider
 */
function fitted(text, width, { size_px, weight }, measure) {
  if (measure(text, size_px, weight) <= width) return text;
  const characters = [...text];
  while (characters.length > 1 && measure(`${characters.join("")}…`, size_px, weight) > width) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}

/** @param {string} text @param {number} width @param {Measure} measure @returns {string[]} the title's lines */
function wrapped(text, width, measure) {
  const [first, ...rest] = text.split(/(?<=\s)/);
  const lines = [first];
  for (const word of rest) {
    const longer = lines[lines.length - 1] + word;
    if (lines.length === TITLE.max_lines || measure(longer.trimEnd(), TITLE.size_px, TITLE.weight) <= width) {
      lines[lines.length - 1] = longer;
    } else lines.push(word);
  }
  return lines.map((line) => fitted(line.trimEnd(), width, TITLE, measure));
}
