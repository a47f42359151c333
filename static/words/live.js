/** Live sound: the microphone, a tab or the computer. */

import { clock } from "./numbers.js";

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
