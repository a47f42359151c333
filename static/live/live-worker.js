/**
 * Hears one live session. On this computer's cores only: a window every third of a second is little for them, and a
 * GPU can be taken away in the middle.
 */

import { fetchMelFilters } from "../contract.js";
import { SongError } from "../engine/song-error.js";
import { startNetwork } from "../network/start.js";
import { loadDsp } from "../signal/dsp.js";
import { LiveAnalysis } from "./live-analysis.js";
import * as protocol from "./protocol.js";

/**
 * @typedef {import("./protocol.js").Block} Block
 * @typedef {import("../model-files.js").ModelFolder} ModelFolder
 */

/** What was sounding at the end may still be on its way from the audio thread, or will never come: it is gone. */
const LAST_BLOCKS_MS = 500;

/** @type {LiveAnalysis | null} */
let analysis = null;
/** @type {Block[]} that came before the network was there */
let early = [];
let is_over = false; // no more sound comes
let is_told = false; // nor does anything go to the page
let timer = 0;

/** @param {import("../contract.js").Contract} contract @param {ModelFolder} folder @returns {Promise<LiveAnalysis>} */
async function prepare(contract, folder) {
  const [mel_filters, dsp, { network }] = await Promise.all([
    fetchMelFilters(contract.signal_chain, folder),
    loadDsp(),
    startNetwork(contract, folder, "wasm"),
  ]);
  return new LiveAnalysis(contract, {
    mel_filters,
    dsp,
    network: /** @type {import("./live-analysis.js").Senses["network"]} */ (network), // no Promise: that is a GPU's
  });
}

/** @param {{contract: import("../contract.js").Contract, folder: ModelFolder, port: MessagePort}} message */
async function begin({ contract, folder, port }) {
  port.onmessage = ({ data }) => guarded(() => hear(data));
  try {
    analysis = await prepare(contract, folder);
  } catch (error) {
    fail(new SongError("no-model", { reason: String(error) }));
  }
  guarded(() => {
    for (const block of early.splice(0)) take(block);
    if (is_over) finish();
  });
}

/** @param {Block | "end"} data */
function hear(data) {
  if (data === protocol.END) return end();
  if (analysis) take(data);
  else early.push(data);
}

/** @param {Block} block */
function take({ channels, sample_rate_hz }) {
  if (!analysis || is_told) return;
  const settled = analysis.push(channels, sample_rate_hz);
  if (settled.length > 0) tellRows(settled);
  // After the blocks that wait already: on a slow device several steps are shown at once, and none is late for ever.
  if (analysis.has_news) timer ||= self.setTimeout(() => guarded(tellPreview));
}

function tellPreview() {
  timer = 0;
  if (analysis?.has_news && !is_told) tellRows([]);
}

/** @param {number[][]} settled */
function tellRows(settled) {
  if (!analysis) return;
  const preview = analysis.preview();
  const sound = analysis.takeSound();
  self.postMessage({ kind: protocol.ROWS, settled, preview, duration_s: analysis.duration_s, sound });
}

function end() {
  is_over = true;
  if (analysis) finish();
}

function finish() {
  if (!analysis || is_told) return;
  is_told = true;
  const { rows, verdict } = analysis.finish();
  const { duration_s, timings_ms } = analysis;
  const sound = analysis.takeSound();
  self.postMessage({ kind: protocol.RESULT, rows, verdict, duration_s, timings_ms, sound });
}

/** @param {unknown} error */
function fail(error) {
  is_told = true;
  self.postMessage({ kind: protocol.FAILED, ...SongError.from(error).toMessage() });
}

/** @param {() => void} work */
function guarded(work) {
  try {
    work();
  } catch (error) {
    fail(error);
  }
}

self.onmessage = ({ data }) => {
  if (data.kind === protocol.INIT) begin(data);
  if (data.kind === protocol.FINISH) setTimeout(() => guarded(end), LAST_BLOCKS_MS);
};
