/**
 * The words of "How does it work?", which are fetched when it is opened. With ../messages.js they are the page's one
 * table: a translation is other files with these names.
 */

import { clock, percent } from "../messages.js";

/** @typedef {import("../how/look-worker.js").Look} Look */
/** @typedef {import("../contract.js").Contract} Contract */

/** @param {number} n */
const count = (n) => n.toLocaleString("en");

/** @param {number} hz a frequency as the ear tells them apart */
const hertz = (hz) => `${count(hz < 100 ? Math.round(hz) : Number(hz.toPrecision(2)))} hertz`;

/** @param {number} number */
const decimal = (number) => String(Number(number.toFixed(2))).replace("-", "−");

/** 1:05.43 @param {number} time_s */
const exactly = (time_s) => `${clock(time_s)}.${String(Math.floor((time_s % 1) * 100)).padStart(2, "0")}`;

export const INTRODUCTION =
  "From sound to genre in seven steps. Every picture is made of the numbers of the song on this page, in the second " +
  "that you choose: click on the chart, let the song play, or use the buttons here.";
export const INVITATION =
  "Every picture of this page is made of a real song. Drop one, or take our sample song, and see what becomes of it.";
export const TAKE_SAMPLE = "Take the sample song";
export const WAIT = "The pictures come when all of the song is heard.";
export const BACK = "A second back";
export const ON = "A second on";
export const LOOKING = "Taking this second apart …";
export const NO_NETWORK_PICTURE = "This network shows no pictures of what its detectors answer.";

/** @param {string} title @param {number} time_s */
export const heading = (title, time_s) => `“${title}” at ${clock(time_s)}`;

/** Why the stages have no pictures that are made of the sound. */
export const NO_SOUND = {
  link:
    "This chart came with a link, and a link carries no sound: the steps that are made of it have no pictures " +
    "here. Drop a song of your own to see them.",
  session: "This was listened to live and its sound was not kept: the steps that are made of it have no pictures here.",
  server:
    "The server has heard this song, as this browser cannot: the steps that are made of its " +
    "sound have no pictures.",
  other_model:
    "Another network has heard this song than the one that listens now. Hear it again to " +
    "see all its pictures.",
};

/** @param {string} problem what went wrong with the sound, in words */
export const failed = (problem) => `This second could not be heard again. ${problem}`;

export const TITLES = {
  wave: "Sound is air that trembles",
  spectrum: "How fast does it tremble?",
  mel: "As an ear hears it",
  picture: "A picture of the sound",
  detectors: "Many small pattern detectors",
  votes: "Votes for each genre",
  honesty: "How often is it right?",
};

/** @param {Contract} contract */
export const TEXTS = ({ signal_chain: chain, network, rows, genres }) => ({
  wave:
    "A microphone measures how far the air swings, again and again. This page works with " +
    `${count(chain.sample_rate_hz)} such numbers for every second of your song.`,
  spectrum:
    "Slow trembling sounds low, fast trembling sounds high, and music is both at once. A calculation, the Fourier " +
    `transform, takes ${count(chain.n_fft)} of the numbers and finds out how much there is of each speed.`,
  mel:
    "An ear tells low tones apart much better than high ones. So the speeds are gathered in " +
    `${chain.n_mels} bands, as an ear does it: narrow ones for low tones, wide ones for high tones.`,
  picture:
    `The page does that about ${Math.round(chain.sample_rate_hz / chain.hop_length)} times a second and puts the ` +
    "columns side by side. A picture of " +
    `${Math.round((network.window_frames * chain.hop_length) / chain.sample_rate_hz)} seconds is all that the ` +
    "network gets to see: it has no ears.",
  detectors: "The network slides small patterns over that picture and notes where each of them fits.",
  votes:
    rows.activation === "sigmoid"
      ? "In the end each genre has its votes, and they become a percentage for each genre by itself: a song can be " +
        "several of them at once."
      : `In the end each of the ${genres.length} genres has its votes, and 100 % are shared out among them: the more ` +
        "votes, the larger the share.",
});

/** @param {import("../contract.js").RowRule} rule */
export const unsureInWords = ({ activation, temperature, unsure_below }) =>
  `Before that, the votes are divided by ${decimal(temperature)}, the “temperature”, so that what is called 70 % is ` +
  "right about seven times in ten. " +
  (activation === "sigmoid" || unsure_below === undefined
    ? "Where no genre reaches a mark of its own, the page says “unsure”."
    : `Where no genre gets ${percent(unsure_below)}, the page says “unsure”.`);

/** @param {Look} look @param {Contract} contract */
export const waveInWords = ({ moment: { wave, wave_s } }, { signal_chain }) =>
  `${wave.length} of the numbers, a dot for each: ${Math.round((1000 * wave.length) / signal_chain.sample_rate_hz)} ` +
  `thousandths of a second at ${exactly(wave_s)}. They go from ${decimal(Math.min(...wave))} to ` +
  `${decimal(Math.max(...wave))}; 1 is the loudest that a file can hold.`;

/** @param {number} top_hz the loudest of all @param {number} highest_hz at the right */
export const spectrumInWords = (top_hz, highest_hz) =>
  `From 0 hertz at the left to ${count(highest_hz)} hertz at the right; a hertz is one swing in a second. The ` +
  `highest bar is at ${count(Math.round(top_hz))} hertz: the loudest tone here swings that often in a second.`;

/** @param {import("../how/moment.js").Band[]} bands @param {number} top the loudest band */
export const melInWords = (bands, top) => {
  const [lowest, highest] = [bands[0], bands[bands.length - 1]];
  const width = (/** @type {import("../how/moment.js").Band} */ { low_hz, high_hz }) => hertz(high_hz - low_hz);
  return (
    `Above, the speeds as they are; below, the bands in their order. The lowest band is ${width(lowest)} wide, the ` +
    `highest ${width(highest)}. The strongest now is number ${top + 1} of ${bands.length}, ` +
    `around ${hertz(bands[top].top_hz)}.`
  );
};

/** @param {number} start_s @param {number} end_s @param {number} loudest_s @param {number} loudest_hz */
export const pictureInWords = (start_s, end_s, loudest_s, loudest_hz) =>
  `${clock(start_s)} to ${clock(end_s)} from left to right, low tones at the bottom, and the stronger the louder. ` +
  `The loudest is at ${clock(loudest_s)}, around ${hertz(loudest_hz)}. The frame marks your second.`;

/** @param {number} n_layers @param {number} n_parameters @param {number | null} n_songs learned from last */
export const detectorsMore = (n_layers, n_parameters, n_songs) =>
  `It does so in ${n_layers} layers, each looking at what the ones before it have found. Nobody has written its ` +
  `${count(n_parameters)} numbers: they were learned from examples` +
  `${n_songs ? `, in the end from ${count(n_songs)} songs whose genre was known` : ""}.`;

/** @param {import("../how/detectors.js").Layer} layer @param {number} start_s of the picture @param {number} span_s */
export const layerInWords = ({ number, n_detectors, maps, n_times, n_heights }, start_s, span_s) => {
  const [first] = maps;
  const best = first.indexOf(Math.max(...first));
  const time_s = start_s + ((Math.floor(best / n_heights) + 0.5) * span_s) / n_times;
  const height = ((best % n_heights) + 0.5) / n_heights;
  const where = height < 1 / 3 ? "low" : height < 2 / 3 ? "middle" : "high";
  return (
    `Layer ${number}: ${maps.length} of its ${count(n_detectors)} detectors, over the same seconds. The first one's ` +
    `pattern fits best at ${clock(time_s)}, among the ${where} tones.`
  );
};

export const VOTES_CAPTION = "Votes and percentages of this second";
export const GENRE = "Genre";
export const VOTES = "Votes";
export const SHARE = "Share";
export const NO_VOTES = "–";

/** @param {number} votes */
export const votesInWords = (votes) => votes.toFixed(2).replace("-", "−");

/** @param {number} n_left out */
export const fewerGenres = (n_left) => (n_left > 0 ? `${n_left} more genres have less.` : "");

/** @param {number} start_s @param {number} end_s @param {string} said of the second */
export const columnInWords = (start_s, end_s, said) =>
  `So each second becomes a column of the chart, here from ${clock(start_s)} to ${clock(end_s)}. In ` +
  `the frame: ${said}.`;

/**
 * How often it is right; chose: the songs helped to choose how the network is made.
 * @typedef {{share: number, low: number, high: number, n_songs: number, chose: boolean}} Figure
 */

/** @param {Figure | null} figure */
export const rightInWords = (figure) => {
  if (!figure) return "How often this network is right, it does not say.";
  const { share, low, high, n_songs, chose } = figure;
  const first =
    `It named the right genre for ${percent(share)} of ${count(n_songs)} songs that it had not learned from. With as ` +
    `many other songs like them, that would be between ${percent(low)} and ${percent(high)}, 19 times in 20.`;
  return chose ? `${first} And these songs helped to choose how it is made, so it may be a bit less.` : first;
};

/** @param {string[]} genres */
export const limitsInWords = (genres) =>
  `It knows ${genres.length} genres and nothing else. It does not know what the words mean, who is singing or where ` +
  "the song comes from, and people do not always agree on a genre either. A sure number can be a wrong one.";

/** @type {Record<"here" | "server" | "link", string>} */
export const WHERE_IT_WAS_HEARD = {
  here: "All of this was worked out on this device, for the pictures too: the song has never left it.",
  server:
    "This song was sent to the server because you said so. Most songs are heard on this " +
    "device and never leave it.",
  link:
    "Where this song was heard, a link does not say. Songs that you drop here are heard on this " +
    "device and never leave it.",
};
