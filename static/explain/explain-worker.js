/** The explaining worker: one question after another, about sound or about the network. */

import { SongError } from "../engine/song-error.js";
import { Answers } from "./answers.js";
import * as protocol from "./protocol.js";
import { relevanceOf } from "./relevance.js";
import { SoundAround } from "./sound-around.js";
import { TracedNetwork } from "./traced-network.js";

/** @type {import("../contract.js").Contract} */
let contract;
/** @type {Promise<TracedNetwork>} */
let network_ready;
/** @type {SoundAround} */
let sound;
/** @param {{contract: import("../contract.js").Contract, folder: import("../model-files.js").ModelFolder}} message */
function prepare({ contract: given, folder }) {
  contract = given;
  network_ready = TracedNetwork.load(contract, folder);
  network_ready.catch(() => {}); // whoever asks for an explanation is told
  sound = new SoundAround(contract, folder);
}

/** @param {any} question */
async function explain(question) {
  const network = await network_ready.catch((error) => {
    throw error instanceof SongError ? error : new SongError("no-model", { reason: String(error) });
  });
  const started = performance.now();
  const found = relevanceOf(contract, network, question);
  const { n_mels } = contract.signal_chain;
  const place = { first_frame: question.first_frame, n_frames: found.relevance.length / n_mels, n_mels };
  return { ...found, ...place, took_ms: performance.now() - started };
}

const answers = new Answers((question, browser) =>
  question.kind === protocol.AROUND ? sound.logMelAround(question.file, question.row, browser) : explain(question),
);

self.onmessage = ({ data }) => (data.kind === protocol.INIT ? prepare(data) : answers.take(data));
