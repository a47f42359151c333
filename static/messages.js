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
  listen_microphone: "Listen to the microphone",
  listen_tab: "Listen to a tab or the computer",
  keep_sound: "Keep the sound, to play it afterwards (1 MB a minute)",
  live_level: "Loudness in decibels",
  live_stop: "Stop",
  backend_starting: "Runs on: starting …",
  backend_legend: "Run the network on",
  backend_auto: "Automatic",
  backend_auto_note: "The CPU, or the GPU where a short test after the first song finds it faster and as exact.",
  backend_wasm: "CPU (WebAssembly)",
  backend_webgpu: "GPU (WebGPU)",
  backend_webgl: "GPU (WebGL)",
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
  "microphone-refused": () =>
    "This page may not hear it. Allow the microphone in the browser's settings for this page (beside its address), " +
    "or in the system's privacy settings, and try again.",
  "no-microphone": () => "There is none. Connect a microphone and try again.",
  "microphone-busy": () =>
    "It does not start. Another program may be using it: close that one, or connect it anew, and try again.",
  "sharing-refused": () =>
    "Nothing was shared, so there is nothing to hear. Choose a tab in the browser's dialogue and allow its sound.",
  "no-shared-sound": () =>
    "It was shared without its sound. Try again, choose a tab, and switch on “Also share tab audio” in the dialogue; " +
    "most computers share no sound of single windows.",
  "no-sound-system": () =>
    "The browser's sound does not start. It may need something to play on: connect headphones or speakers, try again.",
  "cannot-listen": () => "This browser could not pass its sound on. Try again, or use a current Firefox, Chrome or Edge.",
  "no-sample": () => "The sample song could not be loaded. Check the connection to the server.",
  "no-model": () =>
    "The neural network could not be loaded. Check the connection to the server and drop the song again.",
};

/** @typedef {"microphone" | "tab"} Source what a live session listens to */

/** @type {Record<Source, string>} */
export const SOURCES = { microphone: "Microphone", tab: "Sound of a tab" };

/** @type {Record<Source, string>} */
export const ASKING = {
  microphone: "Waiting for your permission to hear the microphone …",
  tab: "Waiting for you to choose what to listen to …",
};

/** @type {Record<Source, string>} */
export const LISTENING_TO = { microphone: "Listening to the microphone", tab: "Listening to what you share" };

/** @type {Record<Source, string>} */
export const SILENCE = {
  microphone: "Only silence so far. Is the right microphone chosen, and is it switched on?",
  tab: "Only silence so far. Is something playing there, and was its sound shared, too?",
};

/** @param {Source[]} sources that there are @param {boolean} is_secure whether the page came by https */
export const listenNote = (sources, is_secure) => {
  if (sources.length === 0) {
    if (is_secure) return "This browser does not let a page listen. A current Firefox, Chrome, Edge or Safari does.";
    return "Browsers let a page listen only when it comes by https, or from this computer itself.";
  }
  const private_note = "What it hears stays on this device.";
  return sources.includes("tab") ? private_note : `${private_note} A tab's sound needs Chrome or Edge on a computer.`;
};

/** @param {Source} source @param {Date} date */
export const liveTitle = (source, date) => {
  const when = date.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
  return `${source === "microphone" ? "From the microphone" : "From a tab"}, ${when}`;
};

/** @param {Source} source @param {number} duration_s */
export const cutOff = (source, duration_s) =>
  `${source === "microphone" ? "The microphone was disconnected" : "The sharing ended"} after ${clock(duration_s)}. ` +
  "What was heard until then is on the chart.";

/** @param {number} n_bytes */
export const saveSound = (n_bytes) => `Save the sound (${Math.max(0.1, n_bytes / 1e6).toFixed(1)} MB)`;

export const SAMPLE_FILE_NAME = "Genrescope sample medley.mp3";

/** @param {{code: string, details: Record<string, any>}} error @param {string} file_name */
export const errorInWords = ({ code, details }, file_name) => `${file_name}: ${ERRORS[code](details)}`;
