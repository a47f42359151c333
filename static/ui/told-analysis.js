/** What is said of an analysis by where it comes from: heard now or before, here or by a server, or told by a link. */

import * as say from "../messages.js";

/**
 * An analysis that was made here, or is told by a server or a link, which do not say how long it took.
 * @typedef {import("../take-along/analysis-json.js").Prediction &
 *     {timings_ms?: Record<string, number>, backend?: string}} ToldAnalysis
 *
 * @typedef {{title: string, media: Blob | null, analysis: ToldAnalysis | null}} SongOnPage analysis: once it is whole
 *
 * @typedef {object} ViewListener
 * @property {(song: SongOnPage) => void} onSong another one is shown, or it is whole now
 * @property {(time_s: number, is_playing: boolean) => void} onTime
 */

/** @param {number} duration_s of the song @param {Record<string, number>} timings_ms */
export const heardInWords = (duration_s, timings_ms) =>
  "store" in timings_ms ? say.heardBefore(duration_s) : say.heard(duration_s, timings_ms.total / 1000);

/** @param {ToldAnalysis} analysis */
export const whyNoSound = ({ timings_ms, backend }) => {
  if (backend === "server") return say.NO_SPECTROGRAM.server; // though it comes from the list, as from the store
  return timings_ms ? say.NO_SPECTROGRAM.store : say.NO_SPECTROGRAM.link;
};
