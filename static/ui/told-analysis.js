/** What an analysis says of where it comes from: made here, now or before, or told by a server or a link. */

import * as say from "../messages.js";

/**
 * A server's or a link's analysis does not say how long it took.
 * @typedef {import("../take-along/analysis-json.js").Prediction &
 *     {timings_ms?: Record<string, number>, backend?: string}} ToldAnalysis
 *
 * @typedef {{title: string, media: Blob | null, analysis: ToldAnalysis | null}} SongOnPage analysis: once it is whole
 *
 * @typedef {object} ViewListener
 * @property {(song: SongOnPage) => void} onSong another one is shown, or it is whole now
 * @property {(time_s: number, is_playing: boolean) => void} onTime
 */

/** @param {ToldAnalysis} analysis @returns {"here" | "server" | "link"} where the network was that has made it */
export function originOf({ timings_ms, backend }) {
  if (backend === "server") return "server"; // though it comes from the list, as from the store
  return timings_ms ? "here" : "link";
}

/** @param {number} duration_s of the song @param {Record<string, number>} timings_ms */
export const heardInWords = (duration_s, timings_ms) =>
  "store" in timings_ms ? say.heardBefore(duration_s) : say.heard(duration_s, timings_ms.total / 1000);

/** @param {ToldAnalysis} analysis */
export const whyNoSound = (analysis) => say.NO_SPECTROGRAM[originOf(analysis)];
