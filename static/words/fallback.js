/** The server, which may hear what this browser cannot. */

import { clock, megabytes } from "./numbers.js";

export const SERVER_INVITES =
  "Choose a song all the same: this page's server can listen to it. It asks you before anything is sent.";

export const LEAVES_AFTER_A_YES = "Your song leaves this device only after your yes.";
export const SEND = "Send it to the server";
export const TRY_AGAIN = "Try again";
export const SENDING = "Sending the song …";
export const SERVER_LISTENS = "The server has the song and listens …";

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
