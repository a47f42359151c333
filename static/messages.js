/** Every word the page says, in one table: a translation is another file with these names. */

const CHOOSE_AUDIO = "Choose an audio file such as MP3, Ogg, FLAC, M4A or WAV.";

/** Texts of the page, put where `data-say` names them. */
export const TEXTS = {
  tagline: "Your song never leaves this device.",
  about: "A neural network listens right here in your browser and shows, second by second, which genres it hears.",
  drop_title: "Drop a song anywhere on this page",
  drop_formats: "MP3, Ogg, Opus, FLAC, M4A, WAV",
  choose: "Choose a song",
  choose_other: "Another song",
  sample: "or hear our sample song",
  drop_here: "Let go to listen",
  share_title: "In the whole song",
  chart_label: "Genres over time. Left and right arrow keys move through the song.",
  hint: "Click or drag on the chart to jump there.",
  unsure_note: "Hatched: unsure. Nothing there sounds enough like one of the genres that the network was taught.",
  not_playable: "This browser cannot play this file, but it can show its genres.",
  backend_starting: "Runs on: starting …",
  backend_legend: "Run the network on",
  backend_auto: "Automatic",
  backend_auto_note: "The CPU, or the GPU where a short test after the first song finds it faster and as exact.",
  backend_wasm: "CPU (WebAssembly)",
  backend_webgpu: "GPU (WebGPU)",
  backend_webgl: "GPU (WebGL)",
  works_offline: "Works without a network now.",
  installed: "Installed on this device.",
  install: "Install as an app",
  reload: "Reload",
};

/**
 * Seconds as people write them: 1:05, 1:02:05.
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

/**
 * The space is a narrow one that does not break.
 * @param {number} share 0 to 1
 */
export const percent = (share) => `${Math.round(share * 100)}\u202f%`;

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

/** @typedef {{genre: string, confidence: number, unsure: boolean}} Verdict */

/** @param {Verdict} verdict */
export const verdictInWords = ({ genre, confidence, unsure }) =>
  unsure ? `Unsure, ${mostLike(genre, confidence)}` : `Above all ${genre}, ${percent(confidence)}`;

/** @param {Verdict} verdict @param {number} duration_s */
export const doneInWords = (verdict, duration_s) => `Done. ${clock(duration_s)} of music. ${verdictInWords(verdict)}.`;

export const OPENING = "Opening the song …";

/** @param {number} fraction @param {number} left_s */
export const listening = (fraction, left_s) =>
  left_s < 1 ? `Listening … ${percent(fraction)}` : `Listening … ${percent(fraction)}, ${Math.ceil(left_s)} s left`;

/** @param {number} duration_s @param {number} took_s */
export const heard = (duration_s, took_s) => `${clock(duration_s)} heard in ${took_s.toFixed(1)} s`;

/** @param {string} backend @param {number} n_workers */
export const runsOn = (backend, n_workers) => {
  if (backend === "wasm") return `Runs on: this device's CPU (WebAssembly, ${n_workers} workers)`;
  return `Runs on: this device's GPU (${backend === "webgpu" ? "WebGPU" : "WebGL"})`;
};

/** @param {string} why */
export const refused = (why) => `The GPU cannot be used, so the CPU is. (${why})`;

export const FROM_THE_NEXT_SONG = "Used from the next song on.";

export const NEW_VERSION = "There is a new version of this page.";

export const CLOSE_OTHERS = "Close the other tabs with this page first: they still use the old version.";

/**
 * What is known of one way to the GPU.
 * @type {Record<string, (finding: Record<string, any>) => string>}
 */
const GPU_FINDINGS = {
  none: () => "Not in this browser on this device.",
  hardware: ({ name }) => name,
  software: ({ name }) => `Simulated by software, which is slow: ${name}`,
  failed: ({ message }) => `Does not start. (${message})`,
  "slow-start": ({ start_ms }) => `Takes ${(start_ms / 1000).toFixed(0)} s to start.`,
  inexact: () => "Its numbers are not exact enough.",
  slower: ({ gain }) => `A song takes ${(1 / gain).toFixed(1)} times as long as on the CPU.`,
  faster: ({ gain }) => `A song takes ${(1 / gain).toFixed(1)} times as long as on the CPU.`,
};

/** @param {{code: string}} finding */
export const gpuFinding = (finding) => GPU_FINDINGS[finding.code](finding);

export const UNSUPPORTED_BROWSER =
  "Genrescope needs WebAssembly with SIMD, web workers and Web Audio, which this browser does not have or has " +
  "switched off. A current Firefox, Chrome, Edge or Safari has them.";

/**
 * One sentence of what happened, one of what helps.
 * @type {Record<string, (details: Record<string, any>) => string>}
 */
const ERRORS = {
  "empty-file": () => "This file is empty. It may not have been downloaded or copied completely.",
  "unreadable-file": () =>
    "This file cannot be read any more: it was changed, moved or deleted after it was chosen. Choose it once more.",
  "not-audio": ({ looks_like }) =>
    `${looks_like ? `This is a ${looks_like}, not a song.` : "There is no sound in this file."} ${CHOOSE_AUDIO}`,
  unsupported: ({ container }) =>
    `This browser cannot decode audio of this kind (${container}). Convert it to MP3 or FLAC and try again.`,
  "broken-audio": ({ container }) =>
    `This ${container ? `${container} ` : ""}file is damaged or cut off: no sound could be read from it. ` +
    "Try to get it once more from where it came from.",
  "too-short": ({ duration_s, needed_s }) =>
    `This sound is only ${duration_s.toFixed(1)} s long. It takes at least ${needed_s} s to hear a genre.`,
  "no-memory": () => "This file is too long to be decoded in this browser's memory. As an MP3 it can be of any length.",
  "worker-crashed": () => "Something in this page failed while listening to the song. Please try it again.",
  "no-sample": () => "The sample song could not be loaded. Check the connection to the server.",
  "no-model": () =>
    "The neural network could not be loaded. Check the connection to the server and drop the song again.",
};

export const SAMPLE_FILE_NAME = "Genrescope sample medley.mp3";

/** @param {{code: string, details: Record<string, any>}} error @param {string} file_name */
export const errorInWords = ({ code, details }, file_name) => `${file_name}: ${ERRORS[code](details)}`;
