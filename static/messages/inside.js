/**
 * The words of “Inside”, which are fetched when it is opened. With ../messages.js they are the page's one table: a
 * translation is other files with these names.
 */

import { bandInWords, clock, listed } from "../messages.js";

/** @param {number} number with one digit, and its sign */
const signed = (number) => `${number < 0 ? "−" : "+"}${Math.abs(number).toFixed(1)}`;

/** @param {number} seconds */
const duration = (seconds) => `${seconds < 1 ? seconds.toFixed(2) : seconds.toFixed(1)}\u202fs`;

export const CLOSE = "Close";
export const LISTENING = "Hearing the song once more, unit by unit …";
export const LISTEN = "Listen";
export const STOP = "Stop";
export const LOUDER = "louder than its layer's other units";
export const SOFTER = "softer";
export const LAYERS_LABEL = "The units that answer most in this second";

/** @param {number} time_s */
export const title = (time_s) => `Inside the network at ${clock(time_s)}`;

/** @param {number} n_layers that are shown */
export const introduction = (n_layers) =>
  "A unit is one of the network's small pattern detectors; each layer of them looks at what the ones before it " +
  "found. " +
  `Of ${n_layers} layers, from an early one to a late one, here are the units that answer most in this second. The ` +
  "number says by how many standard deviations a unit answers more than it does on average over this song, and the " +
  "stripe shows that over all of the song. Choose a unit.";

/** Why there is nothing to be seen. */
export const NO_SOUND = {
  link: "This chart came with a link, and a link carries no sound: there is nothing that the units could hear.",
  session: "This was listened to live and its sound was not kept: there is nothing that the units could hear.",
  server: "The server has heard this song, as this browser cannot: what its units answered is not known here.",
  other_model: "Another network has heard this song than the one that listens now. Hear it again to look inside.",
};

/** @param {string} problem what went wrong, in words */
export const failed = (problem) => `The song could not be heard again. ${problem}`;

const NOTHING_KNOWN =
  "This model does not say what its units hear best: how strongly they answer is all that there is to see. Its " +
  "pictures are made with “python -m training filters” and “python -m training units”.";

/** @param {import("../inside/inside-worker.js").Problem | null} problem of what the model says of its units */
export const nothingKnown = (problem) => {
  if (!problem) return NOTHING_KNOWN;
  if (problem.is_out_of_reach) {
    return (
      "What this model says of its units could not be fetched: how strongly they answer is all that there is to see " +
      "for now. Check the connection, close this and open it again."
    );
  }
  return (
    `What this model says of its units is damaged (${problem.reason}): how strongly they answer is all that there is ` +
    "to see. Copy the model's folder once more."
  );
};

/** @param {string} music */
export const madeOf = (music) =>
  `What the pictures are made of: ${music} The sound is made of the picture and noise alone: no music is in it.`;

/** @param {number} number from 1 on @param {number | null} duration_s that its units hear at once */
export const layerTitle = (number, duration_s) =>
  duration_s === null ? `Layer ${number}` : `Layer ${number}: hears ${duration(duration_s)} at once`;

/** @param {number} n_watched @param {number} n_units */
export const layerNote = (n_watched, n_units) =>
  n_watched === n_units ? `all of its ${n_units} units` : `${n_watched} of its ${n_units} units`;

/** @param {number} unit */
export const unitName = (unit) => `Unit ${unit}`;

/** @param {number} strength */
export const strength = (strength) => signed(strength);

/** @param {number} unit @param {number} layer */
export const cardTitle = (unit, layer) => `Unit ${unit} of layer ${layer}`;

/** @param {number} strength @param {number} now_s @param {number} most_s */
export const strengthInWords = (strength, now_s, most_s) =>
  `At ${clock(now_s)} it answers ${signed(strength)} standard deviations from its average over this song; most of ` +
  `all it answers at ${clock(most_s)}.`;

/** @param {Record<string, number>} genres the commonest first @param {number} n */
const mixInWords = (genres, n) => {
  const told = Object.entries(genres).map(([genre, count]) => `${genre} (${count} of ${n})`);
  return told.length > 0 ? `It answers most in ${listed(told)}.` : "";
};

/**
 * @typedef {object} Told of a unit
 * @property {number} n_excerpts
 * @property {number} duration_s
 * @property {Record<string, number>} genres
 * @property {import("../messages.js").Hz[]} louder than its layer's other units have it, the clearest first
 * @property {import("../messages.js").Hz[]} softer
 */

/** @param {Told} told */
const apartInWords = ({ louder, softer }) => {
  const [more, less] = [louder, softer].map((bands) => listed(bands.map(bandInWords)));
  const parts = [more && `louder ${more}`, less && `softer ${less}`].filter(Boolean);
  if (parts.length === 0) return "It is as the other units of its layer have it.";
  return `It is ${listed(parts)} than the other units of its layer have it.`;
};

/** @param {Told} told */
export const pictureInWords = (told) =>
  `The picture is the mean of the ${told.n_excerpts} stretches, each of another song, that it answered most of all: ` +
  `${duration(told.duration_s)} from left to right, low tones at the bottom. ${apartInWords(told)} ` +
  mixInWords(told.genres, told.n_excerpts);

/** At an axis. @param {number} seconds */
export const seconds = (seconds) => (seconds === 0 ? "0\u202fs" : duration(seconds));
