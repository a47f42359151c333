/** What was wrong with a song, or in its way, and what helps. */

export const CHOOSE_AUDIO = "Choose an audio file such as MP3, Ogg, FLAC, M4A or WAV.";

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
  "cannot-listen": () =>
    "This browser could not pass its sound on. Try again, or use a current Firefox, Chrome or Edge.",
  "unsupported-browser": () => UNSUPPORTED_BROWSER,
  "no-sample": () => "The sample song could not be loaded. Check the connection to the server.",
  "no-model": () =>
    "The neural network could not be loaded. Check the connection to the server and drop the song again.",
};

/** @param {{code: string, details: Record<string, any>}} error @param {string} file_name */
export const errorInWords = ({ code, details }, file_name) => `${file_name}: ${ERRORS[code](details)}`;

/** What was wrong, and what helps. @param {{code: string, details: Record<string, any>}} error */
export const problemInWords = ({ code, details }) => ERRORS[code](details);
