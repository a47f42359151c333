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
  model_summary: "Use a model of your own",
  model_note:
    "Drop a model folder, or a zip of one, as “python -m training export” writes it, anywhere on this page, or " +
    "choose it here. It listens instead of the built-in one for this visit; it is not uploaded, and not kept.",
  model_folder: "Choose a model folder",
  model_zip: "Choose a zip",
  fallback_no: "No, keep it here",
  fallback_cancel: "Cancel",
  model_leave: "Go back to the built-in model",
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
  "unsupported-browser": () => UNSUPPORTED_BROWSER,
  "no-sample": () => "The sample song could not be loaded. Check the connection to the server.",
  "no-model": () =>
    "The neural network could not be loaded. Check the connection to the server and drop the song again.",
};

export const SAMPLE_FILE_NAME = "Genrescope sample medley.mp3";

/** @param {{code: string, details: Record<string, any>}} error @param {string} file_name */
export const errorInWords = ({ code, details }, file_name) => `${file_name}: ${ERRORS[code](details)}`;

export const READING_MODEL = "Reading your model …";
export const BUILT_IN_MODEL = "Listening with the built-in model again.";

/** @param {string} name @param {number} n_genres */
export const ownModelInUse = (name, n_genres) => `Listening with your model “${name}” (${n_genres} genres).`;

/** @param {string} title of the song on the page */
export const hearAgain = (title) => `Hear “${title}” again with it`;

const EXPORT_AGAIN = "Copy the whole folder once more, or export the model again.";

/**
 * The same for a model that a visitor brings: see own-model/model-error.js.
 * @type {Record<string, (details: Record<string, any>) => string>}
 */
const MODEL_ERRORS = {
  "no-contract": ({ kind }) =>
    `This ${kind} holds no model: it lacks contract.json. ` +
    (kind === "zip" ? "A model is zipped whole; songs are dropped unpacked." : "Drop the whole exported folder."),
  "many-contracts": () => "There are several models in there. Drop the folder of one of them.",
  "other-version": ({ found, known }) =>
    `This model was made for another version of this page (its format is ${found}, this page reads ${known}). ` +
    "Export it again with the training code that belongs to this page.",
  "bad-contract": ({ reason }) => `The page cannot use this model. (${reason})`,
  "too-many-genres": ({ n, most }) => `This model has ${n} genres; the chart has room for ${most}.`,
  "missing-file": ({ path }) => `The model lacks ${path}. ${EXPORT_AGAIN}`,
  "changed-file": ({ path }) => `${path} is not the file that was exported: it was changed or cut off. ${EXPORT_AGAIN}`,
  "wrong-shape": ({ what, found, expected }) =>
    `The network does not fit its contract: it ${what} ${found} numbers, the contract says ${expected}. ` +
    EXPORT_AGAIN,
  "does-not-run": ({ reason }) => `This model does not run in this browser. (${reason})`,
  "too-large": () => "There is more in there than a model has. Drop only the folder that was exported.",
  "bad-zip": () => "This zip is damaged, or not a zip. Zip the model folder again, or drop the folder itself.",
  "encrypted-zip": () => "This zip wants a password. Drop the folder itself, or zip it without one.",
  "no-unzip": () => "This browser cannot unpack a zip. Drop the model's folder instead.",
  unreadable: () => "This model cannot be read any more: it was changed, moved or deleted. Choose it once more.",
};

const STILL_THE_OLD_MODEL = "The model in use stays.";

/** @param {{code: string, details: Record<string, any>}} error @param {string} name of the folder or zip */
export const modelErrorInWords = ({ code, details }, name) =>
  `${name}: ${MODEL_ERRORS[code](details)} ${STILL_THE_OLD_MODEL}`;

export const SERVER_INVITES =
  "Choose a song all the same: this page's server can listen to it. It asks you before anything is sent.";
export const LEAVES_AFTER_A_YES = "Your song leaves this device only after your yes.";
export const SEND = "Send it to the server";
export const TRY_AGAIN = "Try again";
export const SENDING = "Sending the song …";
export const SERVER_LISTENS = "The server has the song and listens …";

/** @param {number} n_bytes */
const megabytes = (n_bytes) => `${(n_bytes / 1e6).toFixed(n_bytes < 1e7 ? 1 : 0)} MB`;

/** @param {string} file_name @param {number} n_bytes @param {string} host */
export const serverQuestion = (file_name, n_bytes, host) =>
  `This page's own server may be able to hear it. May “${file_name}” (${megabytes(n_bytes)}) be sent to ${host}? ` +
  "The server listens to it, answers with its genres, and does not keep it.";
export const SERVER_HAS_ITS_OWN_MODEL = "It listens with its built-in model, not with yours.";
export const NOT_ENCRYPTED = "The connection to it is not encrypted.";

/** @param {number} duration_s @param {number} took_s */
export const heardByServer = (duration_s, took_s) =>
  `${clock(duration_s)} heard by the server in ${took_s.toFixed(1)} s`;

/** @param {number | undefined} seconds */
const again = (seconds) => (seconds ? `Try again in about ${seconds} s.` : "Try again a little later.");

/**
 * Why the server has not heard a song: see fallback/server-error.js.
 * @type {Record<string, (details: Record<string, any>) => string>}
 */
const SERVER_ERRORS = {
  unreachable: () =>
    "The server, which could listen to this song instead, cannot be reached. Check the connection and try again.",
  too_large: ({ detail }) => `The song is too large for the server. ${detail}`,
  not_audio: () => "The server finds no sound in this file either, or not in a format that it can read.",
  broken_audio: () => "The server cannot decode this file either: it is empty or damaged.",
  too_short: ({ detail }) => `The song is too short to hear a genre. ${detail}`,
  too_long: ({ detail }) => `The song is too long for the server. ${detail}`,
  decode_timeout: () => "Decoding this file took the server too long, and it gave up.",
  busy: ({ retry_after_s }) => `The server is busy with other songs. ${again(retry_after_s)}`,
  model_not_ready: ({ retry_after_s }) => `The server is still starting. ${again(retry_after_s)}`,
  model_failed: () => "The server cannot listen to songs at the moment: its network could not be loaded.",
  not_found: () => "This page's server does not take songs.",
  internal_error: () => "Something in the server failed. The song was not kept. Try it again.",
  odd_answer: ({ status }) => `The server answered with something else than genres${status ? ` (${status})` : ""}.`,
};

/** @param {{code: string, details: Record<string, any>}} error */
export const serverErrorInWords = ({ code, details }) => (SERVER_ERRORS[code] ?? SERVER_ERRORS.odd_answer)(details);
