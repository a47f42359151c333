/**
 * Whether this browser decodes packets of some kind: it is given some. Some decoders take them and give neither sound
 * nor an error, nor do others after them (WebKitGTK 2.50: Vorbis, then Opus). A clock does not tell these from a busy
 * machine. So one that has not yet taken all packets is waited for for long, one that has for less; what counts are
 * this worker's own turns, of which a busy machine has fewer; and whoever answers late is trusted from then on.
 */

import { cut, Decoding } from "./decoder.js";

/** @typedef {import("./decoder.js").PacketRun} PacketRun */

const TURN_MS = 50;
/** About 5 s: starting a decoder may start a process. */
const MOST_TURNS = 100;
/** About 1 s: for one that has taken everything, and for any where another one is silent already. */
const FEW_TURNS = 20;
/** Whoever has not answered then never will. */
const LAST_PATIENCE_MS = 60_000;

/** Codecs whose decoder was given up and has not answered since: they are waited for once. @type {Set<string>} */
const silent = new Set();

/**
 * @param {PacketRun} run
 * @returns {Promise<boolean>} whether this browser decodes such packets, and gives for them what their headers promise
 */
export async function canDecode(run) {
  const { codec } = run.config;
  if (typeof AudioDecoder === "undefined" || silent.has(codec)) return false;
  const decoding = new Decoding(run.config, LAST_PATIENCE_MS);
  const trial = answer(decoding, run);
  for (let n_turns = silent.size > 0 ? FEW_TURNS : MOST_TURNS; n_turns > 0; n_turns -= 1) {
    const found = await Promise.race([trial, turn()]);
    if (found !== null) return found;
    if (decoding.has_taken_all) n_turns = Math.min(n_turns, FEW_TURNS);
  }
  silent.add(codec);
  trial.then((late) => {
    if (late !== null) silent.delete(codec);
  });
  return false;
}

/** @returns {Promise<null>} */
const turn = () => new Promise((resolve) => setTimeout(() => resolve(null), TURN_MS));

/** @param {Decoding} decoding @param {PacketRun} run @returns {Promise<boolean | null>} null: none came */
async function answer(decoding, { is_lapped, bytes, n_bytes, n_given }) {
  let n_samples = 0;
  for await (const channels of decoding.sound(cut(bytes, n_bytes))) n_samples += channels[0].length;
  const n_promised = n_given.reduce((sum, n) => sum + n, 0) - (is_lapped ? n_given[0] : 0);
  if (decoding.hangs) return null;
  return !decoding.has_failed && n_samples === n_promised;
}
