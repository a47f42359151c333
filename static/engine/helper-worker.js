/**
 * A helper of the song worker, which has several: one task at a time, either a segment of the song to log-mel, or a
 * window of log-mel to logits.
 */

import { startNetwork } from "../network/start.js";
import * as protocol from "./protocol.js";
import { IrregularSegment, SegmentTask } from "./segment-task.js";
import { SongError } from "./song-error.js";
import { makeTools } from "./tools.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("../model-files.js").ModelFolder} ModelFolder
 * @typedef {import("../network/start.js").Started} Started
 * @typedef {import("./segment-task.js").Tools} Tools
 */

/** @type {Promise<Tools>} */
let tools_ready;
/** @type {Promise<Started> | null} null where this helper has no network to run */
let network_ready = null;
/** Ends the work on the current order, if any. */
let current = new AbortController();

/** @param {{contract: Contract, folder: ModelFolder, backend: import("../network/tf.js").Backend | null}} message */
async function prepare({ contract, folder, backend }) {
  tools_ready = makeTools(contract, folder);
  if (backend) network_ready = startNetwork(contract, folder, backend);
  try {
    const [started] = await Promise.all([network_ready, tools_ready]);
    self.postMessage({ kind: protocol.READY, backend: started?.backend ?? null, refusal: started?.refusal ?? "" });
  } catch (error) {
    self.postMessage({ kind: protocol.NOT_READY, code: "no-model", details: { reason: String(error) } });
  }
}

/** @param {import("./helpers.js").SegmentOrder} order @param {AbortSignal} signal */
async function analyseSegment({ segment, room }, signal) {
  const task = new SegmentTask(segment, await tools_ready, signal, room);
  try {
    for await (const part of task.parts()) {
      self.postMessage({ kind: protocol.PART, ...part }, { transfer: [part.log_mel.buffer, part.sound.buffer] });
    }
    return { is_irregular: false, timings_ms: task.timings_ms, rooms: packetRooms(segment) };
  } catch (error) {
    if (error instanceof IrregularSegment) return { is_irregular: true, timings_ms: task.timings_ms, rooms: [] };
    throw error;
  }
}

/** What its packets lie in. @param {import("../decode/frame-ranges.js").Segment} segment */
const packetRooms = ({ audio }) => (audio.kind === "packets" ? audio.runs.map(({ bytes }) => bytes.buffer) : []);

/** @param {import("./helpers.js").WindowOrder} order */
async function runWindow({ log_mel }) {
  const { network } = await /** @type {Promise<Started>} */ (network_ready);
  const started = performance.now();
  const logits = await network(log_mel);
  return { logits, timings_ms: { inference: performance.now() - started }, rooms: [log_mel.buffer] };
}

/** @param {import("./helpers.js").Order} order */
async function work(order) {
  current = new AbortController();
  const { signal } = current;
  try {
    const result = order.what === "segment" ? await analyseSegment(order, signal) : await runWindow(order);
    self.postMessage({ kind: protocol.DONE, result }, { transfer: result.rooms });
  } catch (error) {
    self.postMessage({ kind: protocol.FAILED, ...SongError.from(error).toMessage() });
  }
}

self.onmessage = ({ data }) => {
  if (data.kind === protocol.INIT) prepare(data);
  if (data.kind === protocol.TASK) work(data.order);
  if (data.kind === protocol.CANCEL) current.abort();
};
