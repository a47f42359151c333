/** The explaining worker: one question after another, about sound or about the network. */

import { SongError } from "../engine/song-error.js";
import { makeTools } from "../engine/tools.js";
import { marksOf } from "./marks.js";
import { MaskedSound, noLouder } from "./masked-sound.js";
import { bandCentres } from "./mel-bands.js";
import * as protocol from "./protocol.js";
import { relevanceOf } from "./relevance.js";
import { SoundAround } from "./sound-around.js";
import { TracedNetwork } from "./traced-network.js";

/** @type {import("../contract.js").Contract} */
let contract;
/** @type {Promise<TracedNetwork>} */
let network_ready;
/** @type {Promise<import("../engine/segment-task.js").Tools>} */
let tools_ready;
/** @type {SoundAround} */
let sound;
/** @type {MaskedSound | null} */
let masked = null;
/** The last question, so far: the next one waits for it. */
let work = Promise.resolve();
/** @type {Map<number, (message: any) => void>} who waits for the page's part of the decoding, by question */
const waiting = new Map();

/** @param {{contract: import("../contract.js").Contract, folder: import("../model-files.js").ModelFolder}} message */
function prepare({ contract: given, folder }) {
  contract = given;
  network_ready = TracedNetwork.load(contract, folder);
  network_ready.catch(() => {}); // whoever asks for an explanation is told
  tools_ready = makeTools(contract, folder);
  tools_ready.catch(() => {});
  sound = new SoundAround(contract, tools_ready);
}

/** @param {number} id @param {object} message @returns {Promise<any>} the page's answer */
const ask = (id, message) =>
  new Promise((resolve) => {
    waiting.set(id, resolve);
    self.postMessage({ ...message, id });
  });

/** @param {number} id of the question @returns {import("./sound-around.js").Browser} */
const browserFor = (id) => ({
  decode: (route) => ask(id, { kind: protocol.NEEDS_BROWSER, ...route }),
  stretch: async (first_sample, end_sample) =>
    (await ask(id, { kind: protocol.PCM_WANTED, first_sample, end_sample })).channels,
});

/** @param {any} question */
async function explain(question) {
  const network = await network_ready.catch((error) => {
    throw error instanceof SongError ? error : new SongError("no-model", { reason: String(error) });
  });
  const started = performance.now();
  const found = relevanceOf(contract, network, question);
  const { n_mels, hop_length, sample_rate_hz } = contract.signal_chain;
  const marks = marksOf(found.relevance, n_mels, hop_length / sample_rate_hz);
  const place = { first_frame: question.first_frame, n_frames: found.relevance.length / n_mels, n_mels };
  return { ...found, marks, ...place, took_ms: performance.now() - started };
}

async function bandsMiddles() {
  const { mel_filters } = await tools_ready;
  return bandCentres(mel_filters, contract.signal_chain);
}

/** @param {any} question */
async function through({ samples, masks }) {
  const { mel_filters, dsp } = await tools_ready;
  masked ??= new MaskedSound(contract.signal_chain, mel_filters, dsp);
  return masks.map((/** @type {Float32Array} */ mask) => {
    return noLouder(/** @type {MaskedSound} */ (masked).through(samples, mask), samples);
  });
}

/** @type {Record<string, (question: any) => Promise<any>>} what is answered, by kind of question */
const ANSWERS = {
  [protocol.AROUND]: ({ id, file, row }) => sound.logMelAround(file, row, browserFor(id)),
  [protocol.EXPLAIN]: explain,
  [protocol.BANDS]: bandsMiddles,
  [protocol.THROUGH]: through,
};

/** @param {any} question */
async function answer(question) {
  const { id, kind } = question;
  try {
    self.postMessage({ kind: protocol.ANSWER, id, answer: await ANSWERS[kind](question) });
  } catch (error) {
    self.postMessage({ kind: protocol.REFUSAL, id, ...SongError.from(error).toMessage() });
  }
}

self.onmessage = ({ data }) => {
  if (data.kind === protocol.INIT) prepare(data);
  if (Object.hasOwn(ANSWERS, data.kind)) work = work.then(() => answer(data));
  if (data.kind === protocol.PCM_READY || data.kind === protocol.PCM) waiting.get(data.id)?.(data);
};
