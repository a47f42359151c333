/** The explaining worker: one question after another, about sound or about the network. */

import { SongError } from "../engine/song-error.js";
import { makeTools } from "../engine/tools.js";
import { Answers } from "./answers.js";
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

/** @param {{contract: import("../contract.js").Contract, folder: import("../model-files.js").ModelFolder}} message */
function prepare({ contract: given, folder }) {
  contract = given;
  network_ready = TracedNetwork.load(contract, folder);
  network_ready.catch(() => {}); // whoever asks for an explanation is told
  tools_ready = makeTools(contract, folder);
  tools_ready.catch(() => {});
  sound = new SoundAround(contract, tools_ready);
}

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

/** @type {Record<string, (question: any, browser: import("./sound-around.js").Browser) => Promise<any>>} by kind */
const FIND = {
  [protocol.AROUND]: ({ file, row }, browser) => sound.logMelAround(file, row, browser),
  [protocol.EXPLAIN]: explain,
  [protocol.BANDS]: bandsMiddles,
  [protocol.THROUGH]: through,
};

const answers = new Answers((question, browser) => FIND[question.kind](question, browser));

self.onmessage = ({ data }) => (data.kind === protocol.INIT ? prepare(data) : answers.take(data));
