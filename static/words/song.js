/** One song on the page: how far it is, its verdict, its chart and its parts. */

import { clock, percent } from "./numbers.js";

export const SAMPLE_FILE_NAME = "Genrescope sample medley.mp3";
export const OPENING = "Opening the song …";

/** @param {number} fraction @param {number} left_s */
export const listening = (fraction, left_s) =>
  left_s < 1 ? `Listening … ${percent(fraction)}` : `Listening … ${percent(fraction)}, ${Math.ceil(left_s)} s left`;

/** @param {number} duration_s @param {number} took_s */
export const heard = (duration_s, took_s) => `${clock(duration_s)} heard in ${took_s.toFixed(1)} s`;

/** @param {number} duration_s */
export const heardBefore = (duration_s) => `${clock(duration_s)}, heard before`;

/** @typedef {{genre: string, confidence: number, unsure: boolean}} Verdict */

/** @param {Verdict} verdict */
export const verdictInWords = ({ genre, confidence, unsure }) =>
  unsure ? `Unsure, ${mostLike(genre, confidence)}` : `Mostly ${genre}, ${percent(confidence)}`;

/** @param {Verdict} verdict */
export const verdictInAWord = ({ genre, unsure }) => (unsure ? `${UNSURE} (${genre}?)` : genre);

/** @param {Verdict} verdict @param {number} duration_s */
export const doneInWords = (verdict, duration_s) => `Done. ${clock(duration_s)} of music. ${verdictInWords(verdict)}.`;

/** @param {{genre: string, share: number}[]} genres */
export const genreShares = (genres) => genres.map(({ genre, share }) => `${genre} ${percent(share)}`).join(", ");

export const UNSURE = "unsure";

/** What an unsure second, or song, is still likeliest to be. @param {string} genre @param {number} share */
export const mostLike = (genre, share) => `most like ${genre} (${percent(share)})`;

/** @param {number} seconds @param {{genre: string, share: number}[]} genres @param {boolean} is_unsure */
export const secondInWords = (seconds, genres, is_unsure) => {
  if (genres.length === 0) return `${clock(seconds)}, not yet heard`;
  if (is_unsure) return `${clock(seconds)}, ${UNSURE}, ${mostLike(genres[0].genre, genres[0].share)}`;
  return `${clock(seconds)}, ${genreShares(genres)}`;
};

/** @param {number} start_s @param {number} end_s */
export const spanInWords = (start_s, end_s) => `${clock(start_s)}–${clock(end_s)}`;

/** @param {{genre: string | null, elements: string[]}} section "jazz, with elements of blues and rock" */
export const sectionInWords = ({ genre, elements }) => {
  if (genre === null) return UNSURE;
  return elements.length === 0 ? genre : `${genre}, with elements of ${elements.join(" and ")}`;
};

export const WHOLE_SONG_SHOWN = "The whole song is shown.";

/** @param {number} start_s @param {number} end_s */
export const partShown = (start_s, end_s) => `${clock(start_s)} to ${clock(end_s)} is shown.`;

export const NO_SPECTROGRAM = "There is a spectrogram only of songs that this page has decoded since it was opened.";
