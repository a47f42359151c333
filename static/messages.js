/**
 * Every word the page says, in one table, of which messages/ has what is fetched only where it is wanted: a translation
 * is other files with these names.
 */

const CHOOSE_AUDIO = "Choose an audio file such as MP3, Ogg, FLAC, M4A or WAV.";

/**
 * Texts of the page, put where `data-say` names them. Those named page_… are there before any script: the server puts
 * them into the page and its manifest (server/page_words.py). It reads each as one text in double quotes and a comma.
 */
export const TEXTS = {
  page_language: "en",
  page_title: "Genrescope: watch a song's genres, second by second",
  page_app_name: "Genrescope: a song's genres, second by second",
  page_description: "Drop a song and watch which genres a neural network hears in it, second by second.",
  page_tagline: "Your song stays on this device.",
  page_no_script:
    "Genrescope listens to your song in your own browser, and needs JavaScript for that. Please switch it on.",
  about: "A neural network listens right here in your browser and shows, second by second, which genres it hears.",
  drop_title: "Drop a song anywhere on this page",
  choose_title: "Choose a song to see its genres",
  drop_formats: "MP3, Ogg, Opus, FLAC, M4A, AAC, WAV, AIFF",
  choose: "Choose a song",
  choose_other: "Another song",
  sample: "Hear our sample song",
  drop_here: "Let go to listen",
  panel_legend: "Genres",
  panel_whole: "Whole song",
  panel_now: "Now",
  picture_legend: "Show the genres as",
  picture_lanes: "Lanes",
  picture_heat: "Heat map",
  picture_stacked: "Areas",
  show_sound: "Spectrogram",
  zoom_label: "Zoom",
  zoom_in: "Closer",
  zoom_out: "Farther",
  zoom_whole: "Whole song",
  chart_label: "Genres over time. Left and right arrow keys move through the song; plus, minus and 0 zoom.",
  sections_label: "The song's parts. Each button goes to its start.",
  hint: "Click or drag on the chart to jump there. Pinch it, or hold Ctrl and turn the wheel, to come closer.",
  hint_touch: "Tap or drag on the chart to jump there. Pinch it to come closer.",
  unsure_note: "Hatched: unsure. Nothing there sounds enough like one of the genres that the network was taught.",
  several_lanes:
    "Several genres can be heard at once: each where its bar has its full colour and, where there is room for them, " +
    "reaches two thin lines.",
  several_heat: "Several genres can be heard at once. The denser a cell, the likelier its genre.",
  several_stacked:
    "Several genres can be heard at once. The areas show those that are, in proportion; the lanes show how likely.",
  not_playable: "This browser cannot play this file, but it can show its genres.",
  choose_folder: "Or choose a whole folder",
  choose_folder_other: "A folder",
  library_label: "Songs of this visit",
  library_keys: "Arrow keys move from song to song, Enter opens one, Delete takes it off the list.",
  column_number: "No.",
  column_title: "Title",
  column_verdict: "Verdict",
  column_confidence: "Confidence",
  column_duration: "Length",
  column_chart: "Chart",
  column_state: "State",
  column_remove: "Remove",
  library_cancel: "Cancel the rest",
  library_csv: "Save as CSV",
  library_clear: "Clear the list",
  forget: "Forget them all",
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
  take_along: "Take it along",
  take_png: "Picture (PNG)",
  take_svg: "Vector picture (SVG)",
  take_csv: "Table (CSV)",
  take_json: "Data (JSON)",
  take_link: "Copy link",
  take_share: "Share link …",
  link_field: "Link to this chart",
  model_summary: "Use a model of your own",
  model_note:
    "Drop a model folder, or a zip of one, as “python -m training export” writes it, anywhere on this page, or " +
    "choose it here. It listens instead of the built-in one for this visit; it is not uploaded, and not kept.",
  model_folder: "Choose a model folder",
  model_zip: "Choose a zip",
  fallback_no: "No, keep it here",
  fallback_cancel: "Cancel",
  model_leave: "Go back to the built-in model",
  how_summary: "How does it work?",
  teach_summary: "Teach it your genres",
  teach_note:
    "Name two genres or more and drop a handful of songs on each, or drop folders, one a genre. Within seconds this " +
    "page hears your genres. Your songs stay on this device. What the network makes of each, some thousand numbers, " +
    "and what it has learned from them is kept in this browser for your next visit, with the names of the genres, " +
    "without names or sound of the songs.",
  teach_genres_label: "Your genres",
  teach_add: "Add a genre",
  teach_use: "Listen with these genres",
  teach_save: "Save as a model folder",
  teach_save_note:
    "A zip that another browser takes, dropped on this page, and a server: unzipped, with " +
    "make run MODEL=path/to/taught-model.",
  teach_confusion: "Which genres are taken for which",
  teach_confusion_caption: "Songs of the genre at the left, by the genre that was heard in them",
  teach_forget: "Forget these genres",
  inside: "Inside",
  inside_label: "Inside the network: what its units answer here",
  why: "Why?",
  why_label: "Why this genre here?",
  why_genre: "Genre",
  why_close: "Close",
  why_for: "spoke for it",
  why_against: "spoke against it",
  why_play: "Play",
  why_part: "What is played",
  why_whole: "As it is",
  why_part_for: "What spoke for it",
  why_part_against: "Against it",
  why_note:
    "A hint, not the truth: it shows which parts of the sound the network's answer leans on (the answer's gradient, " +
    "times how far each part is from what is usual in its band), not what makes music of a genre. It is played as " +
    "the network hears it: in mono, without the highest frequencies.",
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

/**
 * @typedef {{genre: string, confidence: number, unsure: boolean, genres?: string[],
 *     probabilities: Record<string, number>}} Verdict genres: all that are heard, where several can be
 */

/** A list of more is none that anybody reads. */
const MOST_HEARD = 4;

/** @param {Verdict} verdict */
export const verdictInWords = ({ genre, confidence, unsure, genres, probabilities }) => {
  if (unsure) return `Unsure, ${mostLike(genre, confidence)}`;
  if (!genres) return `Mostly ${genre}, ${percent(confidence)}`;
  const named = genres.slice(0, MOST_HEARD).map((name) => ({ genre: name, share: probabilities[name] }));
  return `Heard: ${genreShares(named)}${genres.length > MOST_HEARD ? ` and ${genres.length - MOST_HEARD} more` : ""}`;
};

/** @param {Verdict} verdict @param {number} duration_s */
export const doneInWords = (verdict, duration_s) => `Done. ${clock(duration_s)} of music. ${verdictInWords(verdict)}.`;

/** @param {number} start_s @param {number} end_s */
export const spanInWords = (start_s, end_s) => `${clock(start_s)}–${clock(end_s)}`;

/** "jazz", "jazz and blues", "jazz, blues and rock" @param {string[]} names */
export const listed = (names) =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;

/** @param {{genre: string | null, genres?: string[], elements: string[]}} section "jazz, with elements of blues" */
export const sectionInWords = ({ genre, genres, elements }) => {
  if (genre === null) return UNSURE;
  const named = listed(genres ?? [genre]);
  return elements.length === 0 ? named : `${named}, with elements of ${listed(elements)}`;
};

export const WHOLE_SONG_SHOWN = "The whole song is shown.";

/** @param {number} start_s @param {number} end_s */
export const partShown = (start_s, end_s) => `${clock(start_s)} to ${clock(end_s)} is shown.`;

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
  "cut-off": ({ source }) => {
    const too_soon = "before there was enough sound to hear a genre";
    if (source === "microphone") return `It was disconnected ${too_soon}. Connect it and try again.`;
    return `The sharing ended ${too_soon}. Share it again, with its sound, and leave it shared for longer.`;
  },
  "cannot-listen": () => "This browser could not pass the sound on. Try again, or use a current Firefox or Chrome.",
  "unsupported-browser": () => UNSUPPORTED_BROWSER,
  "no-sample": () => "The sample song could not be loaded. Check the connection to the server.",
  "no-model": () =>
    "The neural network could not be loaded. Check the connection to the server and drop the song again.",
  unexplainable: ({ operation, attribute }) =>
    "What this network hears cannot be traced back to the sound: it is built otherwise than those of this page " +
    `(${attribute ? `${operation}: ${attribute}` : operation}).`,
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
  return `${source === "microphone" ? "Microphone" : "Tab"}, ${when}`;
};

/** @param {Source} source @param {number} duration_s */
export const cutOff = (source, duration_s) =>
  `${source === "microphone" ? "The microphone was disconnected" : "The sharing ended"} after ${clock(duration_s)}. ` +
  "What was heard until then is on the chart.";

/** @param {string} title of what was listened to until something else was chosen */
export const sessionListed = (title) => `“${title}” has ended and is in the list of songs.`;

/** @param {number} n_bytes */
const megabytes = (n_bytes) => `${Math.max(0.1, n_bytes / 1e6).toFixed(n_bytes < 1e7 ? 1 : 0)} MB`;

/** @param {number} n_bytes */
export const saveSound = (n_bytes) => `Save the sound (${megabytes(n_bytes)})`;

export const SAMPLE_FILE_NAME = "Genrescope sample medley.mp3";

/** @param {{code: string, details: Record<string, any>}} error @param {string} file_name */
export const errorInWords = ({ code, details }, file_name) => `${file_name}: ${ERRORS[code](details)}`;

// Taking a chart along: downloads, pictures and links.

export const NAMELESS = "Song";

/** What stands between a song's title and the ending of a file's name. */
export const FILE_NAME_END = " - genres";

/** @param {string} name */
export const saved = (name) => `Saved as “${name}”.`;

export const NOT_SAVED = "This could not be made. Try it once more, or reload the page if that does not help.";

/** @param {number} step_s */
const inColumns = (step_s) => (step_s === 1 ? "" : ` Each column stands for ${Number(step_s.toFixed(2))} seconds.`);

/** @param {number} step_s */
export const linkCopied = (step_s) =>
  `Link copied. Whoever opens it sees this chart and the song’s title, but cannot hear the song.${inColumns(step_s)}`;

/** @param {number} step_s */
export const linkToCopy = (step_s) =>
  "Copy the link above. Whoever opens it sees this chart and the song’s title, but cannot hear the song." +
  inColumns(step_s);

export const LINK_TOO_LARGE = "The names of this network’s genres are too long for a link. Take the picture instead.";

/** @param {number} step_s */
export const fromLink = (step_s) =>
  `This chart came with a link, without its sound.${inColumns(step_s)} Drop the song, or any other one, to hear it.`;

/** @param {string} title @param {Verdict} verdict */
export const linkedInWords = (title, verdict) =>
  `A chart from a link, without its sound: ${title}. ${verdictInWords(verdict)}.`;

/** @type {Record<import("./take-along/link-error.js").LinkErrorCode, string>} */
export const BROKEN_LINKS = {
  incomplete: "The chart in this link is incomplete: it was cut off or changed on its way here. Ask for it again.",
  invalid: "This link carries no chart that can be shown: it was not made by this page. Ask for it again.",
  newer: "The chart in this link was made by a newer version of this page. Reload the page and open the link again.",
  "old-browser": "This browser is too old to unpack the chart in this link. Any current one can.",
  "too-large": LINK_TOO_LARGE,
  "not-loaded": "A part of this page could not be loaded. Check the connection to the server and reload the page.",
};

/** Legend of the chart in pictures. */
export const UNSURE_LEGEND = "unsure: nothing there sounds enough like one of these genres";

/** The same where several genres can be heard at once, by the picture's name. @type {Record<string, string>} */
export const SEVERAL_LEGEND = {
  lanes: "several genres can be heard at once: each is where its bar has its full colour",
  heat: "several genres can be heard at once",
  stacked: "several genres can be heard at once: the areas show those that are, in proportion",
};

/** @param {number} duration_s */
export const ofMusic = (duration_s) => `${clock(duration_s)} of music`;

/** @param {number} step_s */
export const columnsOf = (step_s) =>
  `one column for ${step_s === 1 ? "each second" : `${Number(step_s.toFixed(2))} seconds`}`;

/** @param {{name: string, version: string}} model */
export const madeBy = ({ name, version }) => `Genrescope, with the network ${name} ${version}`;

/** @param {string} title */
export const pictureTitle = (title) => `The genres of ${title}`;

/** @type {Record<string, (genres: string) => string>} how a picture is read, by its name */
const HOW_TO_READ = {
  lanes: (genres) => `a row for each genre (${genres}) and a bar for each second, the thicker the likelier`,
  heat: (genres) => `a row for each genre (${genres}) and a cell for each second, the denser the likelier`,
  stacked: (genres) => `an area for each genre (from the top: ${genres}), in each second the higher the likelier`,
};

/** @param {string} genres the same for areas of several genres that can be heard at once */
const howToReadSeveral = (genres) =>
  `an area for each genre that is heard (from the top: ${genres}), in each second in proportion to the others`;

/**
 * @param {Verdict} verdict
 * @param {{genre: string, share: number}[]} top
 * @param {string[]} genres
 * @param {number} duration_s
 * @param {string} picture
 */
export const pictureInWords = (verdict, top, genres, duration_s, picture) => {
  const how = verdict.genres && picture === "stacked" ? howToReadSeveral : HOW_TO_READ[picture];
  return (
    `${ofMusic(duration_s)}. ${verdictInWords(verdict)}. In the whole song: ${genreShares(top)}. ` +
    `The chart has ${how(genres.join(", "))}.`
  );
};
/** A number as people write it. @param {number} n */
const count = (n) => n.toLocaleString("en");

/** @param {number} n @param {string} one @param {string} [many] */
const counted = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** @param {number} n */
export const songsInWords = (n) => counted(n, "song");

/** @param {number} n all of them @param {number} n_sessions those that were listened to live */
export const listTitle = (n, n_sessions) => {
  if (n_sessions === 0) return songsInWords(n);
  const sessions = counted(n_sessions, "live session");
  return n === n_sessions ? sessions : `${songsInWords(n - n_sessions)} and ${sessions}`;
};

/**
 * How far the list of songs is.
 * @param {{n_done: number, n_failed: number, n_waiting: number, n_listening: number, is_paused: boolean}} list
 */
export const listInWords = ({ n_done, n_failed, n_waiting, n_listening, is_paused }) => {
  const parts = [`${count(n_done)} heard`];
  if (n_failed > 0) parts.push(`${count(n_failed)} failed`);
  if (n_listening + n_waiting > 0) parts.push(`${count(n_listening + n_waiting)} to go`);
  return parts.join(", ") + (is_paused ? ". Paused" : "");
};

/** @param {number} n_songs @param {number} n_skipped */
export const addedInWords = (n_songs, n_skipped) =>
  `${songsInWords(n_songs)} added. ${skippedInWords(n_skipped)}`.trim();

/** @param {number} n files that are no songs */
export const skippedInWords = (n) =>
  n === 0 ? "" : `${counted(n, "other file")} ${n === 1 ? "was" : "were"} passed over, being no audio.`;

/** @param {number} n_files */
export const noSongsAmong = (n_files) =>
  n_files === 0
    ? "There are no files in this folder. Choose one with songs in it."
    : `None of these ${counted(n_files, "file")} is a song. ${CHOOSE_AUDIO}`;

export const LOOKING_THROUGH = "Looking through the folder …";
export const PAUSE = "Pause";
export const RESUME = "Go on";
export const PAUSED = "Paused.";
export const CSV_FILE_NAME = "genrescope songs.csv";

/** @type {Record<string, (fraction: number) => string>} */
const SONG_STATES = {
  waiting: () => "waiting",
  listening: (fraction) => `listening ${percent(fraction)}`,
  done: () => "heard",
  failed: () => "failed",
};

/** @param {string} state @param {number} fraction heard so far */
export const songState = (state, fraction) => SONG_STATES[state](fraction);

/** @param {Verdict} verdict */
export const verdictInAWord = ({ genre, unsure, genres = [genre] }) => {
  if (unsure) return `${UNSURE} (${genre}?)`;
  const named = genres.slice(0, MOST_HEARD).join(", ");
  return genres.length > MOST_HEARD ? `${named} and ${genres.length - MOST_HEARD} more` : named;
};

/** @param {string} title */
export const removeSong = (title) => `Take ${title} off the list`;

/** @param {string} column its heading @param {string} direction "ascending", "descending" or "none" */
export const sortedBy = (column, direction) =>
  direction === "none" ? "In the order in which they came." : `Sorted by ${column.toLowerCase()}, ${direction}.`;

/** @param {{n_done: number, n_failed: number}} list */
export const allHeard = ({ n_done, n_failed }) =>
  `All songs heard: ${count(n_done)}${n_failed > 0 ? `, and ${count(n_failed)} failed` : ""}.`;

/** @param {number} n songs and live sessions @param {number} n_sessions @param {boolean} is_full of either */
export const keptInWords = (n, n_sessions, is_full) =>
  `${listTitle(n, n_sessions)} remembered on this device${is_full ? "; new ones take the place of the oldest." : "."}`;

export const FORGOTTEN = "All songs are forgotten.";

/** @param {number} duration_s */
export const heardBefore = (duration_s) => `${clock(duration_s)}, heard before`;

/** What was wrong, and what helps. @param {{code: string, details: Record<string, any>}} error */
export const problemInWords = ({ code, details }) => ERRORS[code](details);
export const READING_MODEL = "Reading your model …";
export const BUILT_IN_MODEL = "Listening with the built-in model again.";

/** @param {string} name @param {number} n_genres @param {boolean} can_be_several of them heard at once */
export const ownModelInUse = (name, n_genres, can_be_several) =>
  `Listening with your model “${name}” (${n_genres} genres${can_be_several ? ", several at once" : ""}).`;

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

export const NO_SERVER = "This site has no server that could listen to it instead: the page is all there is.";
/** @param {string} file_name @param {number} n_bytes @param {string} where @param {boolean} is_own */
export const serverQuestion = (file_name, n_bytes, where, is_own) =>
  `${is_own ? "This page's own server" : "A server at another address"} may be able to hear it. ` +
  `May “${file_name}” (${megabytes(n_bytes)}) be sent to ${where}? ` +
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
  unsupported_audio: ({ detail }) => `The server does not take this sound. ${detail}`,
  upload_timeout: () => "The song took too long to reach the server. Try it again, where the network is faster.",
  busy: ({ retry_after_s }) => `The server is busy with other songs. ${again(retry_after_s)}`,
  model_not_ready: ({ retry_after_s }) => `The server is still starting. ${again(retry_after_s)}`,
  model_failed: () => "The server cannot listen to songs at the moment: its network could not be loaded.",
  not_found: () => "This page's server does not take songs.",
  internal_error: () => "Something in the server failed. The song was not kept. Try it again.",
  odd_answer: ({ status }) => `The server answered with something else than genres${status ? ` (${status})` : ""}.`,
};

/** @param {{code: string, details: Record<string, any>}} error */
export const serverErrorInWords = ({ code, details }) => (SERVER_ERRORS[code] ?? SERVER_ERRORS.odd_answer)(details);

/** Why there is none, by what is on the page. */
export const NO_SPECTROGRAM = {
  link: "There is no spectrogram: a link carries the chart alone.",
  here: "This browser has kept the genres, but not the spectrogram: it has room for those that were looked at last.",
  server: "There is no spectrogram: the server has heard this song, and sends its genres alone.",
};

// Teaching it one's own genres.

export const TEACH_ADD_SONGS = "Add songs";
export const TEACH_REMOVE_GENRE = "Remove";
export const TEACH_DROP_HERE = "Drop songs here";
export const TEACH_IS = "Genre";
export const TEACH_FORGOTTEN = "The genres and their songs are forgotten.";
/** @param {string[]} names */
const inQuotes = (names) => names.map((name) => `“${name}”`).join(", ");

/** @param {string[]} folders without any song */
export const teachNoSongsIn = (folders) =>
  folders.length === 0 ? "" : `There is no song in ${inQuotes(folders)}. ${CHOOSE_AUDIO}`;

/** @param {string[]} genres that were left out @param {number} most */
export const teachNoRoomFor = (genres, most) =>
  genres.length === 0 ? "" : `There is room for ${most} genres, so these were left out: ${inQuotes(genres)}.`;

export const TEACH_NO_SONGS = `There is no song among these files. ${CHOOSE_AUDIO}`;
export const TEACH_DROP_ON_GENRE =
  "Drop songs on the genre that they are to be of. A folder may be dropped beside them.";
export const TEACH_SAVING = "Making the model folder …";
export const TEACH_SAVE_NEEDS_SERVER =
  "A part of the model, which only servers need, could not be fetched: connect to this page's server, reload the " +
  "page and save again. You can listen with these genres all the same.";
export const TEACH_NEEDS_HTTPS =
  "Browsers let a page tell songs apart only when it comes by https, or from this computer itself.";
export const TEACH_NOT_LOADED =
  "A part of this page could not be loaded. Check the connection and open this once more.";
export const TEACH_OUTDATED =
  "The network is another one than on your last visit, so your songs have to be heard by it, too: add them once more.";

export const TEACH_FROM_ELSEWHERE =
  "Another tab of this page has changed these genres, and they are the same here now.";
export const TEACH_OTHER_NETWORK =
  "Another tab of this page has another network. Reload this one: what you change here is not kept any more.";

/** @param {boolean} is_kept @param {number} n_genres */
export const teachKept = (is_kept, n_genres) => {
  if (n_genres === 0) return "";
  if (is_kept) return "Kept in this browser for your next visit.";
  return "This browser keeps nothing of it: save the model if you want to have it after this visit.";
};

/** @param {string} reason */
export const teachImpossible = (reason) => `This page's network cannot be taught here. (${reason})`;

/** @param {string} reason */
export const teachFailed = (reason) => `The teaching failed. Change a song or a name, and it begins anew. (${reason})`;

/** @param {number} number */
export const teachGenreNumber = (number) => `Genre ${number}`;

/** @param {number} number */
export const teachNameLabel = (number) => `Name of genre ${number}`;

/** @param {string} genre */
export const teachAddSongsTo = (genre) => `${TEACH_ADD_SONGS} to ${genre}`;

/** @param {string} genre */
export const teachRemove = (genre) => `${TEACH_REMOVE_GENRE} ${genre}`;

/** A song of an earlier visit: its name is not kept. @param {number} number */
export const teachKeptSong = (number) => `Song ${number}`;

/** @param {{code: string, details: Record<string, any>}} problem */
export const teachProblem = (problem) =>
  problem.code === "taught-twice"
    ? `This song is in “${problem.details.holder.name}” already. Take it out of one of them.`
    : ERRORS[problem.code](problem.details);

/** @param {string} state @param {number} fraction */
export const teachSongState = (state, fraction) => (state === "done" ? "" : songState(state, fraction));

/** @param {number} n */
export const teachToGo = (n) => `Listening: ${songsInWords(n)} to go …`;

/** @param {number} fraction of the songs that were judged */
export const teaching = (fraction) => `Teaching … ${percent(fraction)}`;

/** @type {Record<string, (missing: {genre?: string, n?: number}) => string>} */
const TEACH_MISSING = {
  genres: () => "It takes two genres at least, with two songs or more in each.",
  name: () => "One of the genres has songs and no name yet.",
  "same-names": ({ genre }) => `Two genres are called “${genre}”. Give one of them another name.`,
  songs: ({ genre, n }) => `“${genre}” needs ${counted(n ?? 1, "more song")}.`,
};

/** @param {{code: string, genre?: string, n?: number}} missing */
export const teachMissing = (missing) => TEACH_MISSING[missing.code](missing);

/** Below this the interval is too wide to choose by. */
const FEW_SONGS = 30;

/**
 * @param {{n_songs: number, n_groups: number, n_right: number, interval: [number, number]}} figures
 * @param {number} largest share of the songs that the largest genre has: who always says that is right so often
 */
export const taughtInWords = ({ n_songs, n_groups, n_right, interval }, largest) => {
  const [low, high] = interval;
  const others = n_groups === n_songs ? "one song of every other genre" : `the rest of its group, one of ${n_groups}`;
  const figure =
    `Taught. Of your ${n_songs} songs, each judged by what was taught without it and ${others}, ` +
    `${n_right} were heard rightly: ` +
    `${percent(n_right / n_songs)} (with new songs between ${percent(low)} and ${percent(high)}, ` +
    `at ${percent(0.95)} certainty).`;
  if (low <= largest) return `${figure} That may be chance: add songs, or choose genres that sound less alike.`;
  const is_sure = n_songs >= FEW_SONGS;
  const few = is_sure ? "" : " So few songs tell little: more of them make it hear better, and the figure surer.";
  return `${figure}${few} Music of any other genre is mostly called by the one of yours that it is nearest to.`;
};

/** @typedef {{title: string, genre: string}} TaughtSong */

/** @param {TaughtSong} a @param {TaughtSong} b */
export const teachTwins = (a, b) =>
  `“${a.title}” (${a.genre}) and “${b.title}” (${b.genre}) sound the same to the network. If they are one recording, ` +
  "take one of them out: the figure above is too good with both.";

/** What a taught model is called. @param {string[]} genres */
export const taughtName = (genres) => {
  const [first, rest] = [genres.slice(0, 3), genres.length - 3];
  return first.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
};

/** @param {string} name */
export const teachSaved = (name) => saved(name);

// Why a genre is heard in a second, and inside the network: how to get there, and where its sound lies.

export const WHY_KEY = "W";
export const INSIDE_KEY = "I";
export const CHART_LABEL_WITH_WHY =
  `${TEXTS.chart_label} ${WHY_KEY} tells why a genre is heard there, ${INSIDE_KEY} what the network's units answer.`;
export const INSIDE_NOT_LOADED =
  "What looks inside the network could not be loaded. Check the connection and try again.";
export const WHY_NOT_LOADED = "What explains a second could not be loaded. Check the connection and try again.";

/** @param {number} hz */
export const hzInWords = (hz) => (hz < 1000 ? `${hz}\u202fHz` : `${hz / 1000}\u202fkHz`);

/** @typedef {[low: number | null, high: number | null]} Hz null: from the lowest on, or up to the highest */

/** @param {Hz} band */
export const bandInWords = ([low, high]) => {
  if (low === null && high === null) return "at all frequencies";
  if (low === null) return `below ${hzInWords(high ?? 0)}`;
  return high === null ? `above ${hzInWords(low)}` : `from ${hzInWords(low)} to ${hzInWords(high)}`;
};
