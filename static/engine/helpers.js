/**
 * The song worker's helpers: as many workers as it makes sense to have on this machine, each with one task at a time.
 * They ask for tasks instead of being given them: what is most urgent is decided when a helper is free.
 */

import { nDecoders, poolSize } from "./pool-size.js";
import * as protocol from "./protocol.js";
import { SongError } from "./song-error.js";
import { WorkerBridge } from "./worker-bridge.js";

/**
 * What a helper is told to do.
 * @typedef {import("../decode/frame-ranges.js").Segment} Segment
 * @typedef {{what: "segment", segment: Segment, room: ArrayBuffer}} SegmentOrder room: for its log-mel
 * @typedef {{what: "window", log_mel: Float32Array}} WindowOrder
 * @typedef {SegmentOrder | WindowOrder} Order
 *
 * @typedef {object} Task
 * @property {Order} order
 * @property {Transferable[]} transfer
 * @property {(part: import("./segment-task.js").Part) => void} onPart
 * @property {(result: any) => void} onDone
 * @property {(error: SongError) => void} onFail
 *
 * @typedef {{windows: boolean, segments: boolean}} Abilities
 *
 * @typedef {object} Owner
 * @property {(abilities: Abilities) => Task | null} nextTask the most urgent task for a helper that is free
 * @property {(backend: import("../network/tf.js").Backend, refusal: string) => void} onNetwork what the network runs on
 * @property {(error: SongError) => void} onFailure a helper crashed, or did not come to life
 */

/** No task takes a tenth of this on the slowest phone: whoever is silent for longer hangs. */
const SILENCE_LIMIT_MS = 60_000;

class Helper {
  /** @param {(helper: Helper, message: import("./worker-bridge.js").Message) => void} hear @param {Owner} owner */
  constructor(hear, owner) {
    /** @type {Task | null} */
    this.task = null;
    /** @type {Abilities} */
    this.abilities = { windows: false, segments: true };
    /** @param {string} reason */
    this._crash = (reason) => owner.onFailure(new SongError("worker-crashed", { reason }));
    const create = () => new Worker(new URL("./helper-worker.js", import.meta.url), { type: "module", name: "helper" });
    this._bridge = new WorkerBridge(create, (message) => hear(this, message), this._crash);
    this._timer = 0;
  }

  /** @param {import("./worker-bridge.js").Message} message @param {Transferable[]} [transfer] */
  post(message, transfer) {
    this._bridge.post(message, transfer);
  }

  /** Starts the clock again, or stops it when there is nothing to wait for. */
  watch() {
    clearTimeout(this._timer);
    if (this.task) this._timer = setTimeout(() => this._crash("a helper hangs"), SILENCE_LIMIT_MS);
  }
}

export class Helpers {
  /**
   * @param {{contract: import("../contract.js").Contract, folder: import("../model-files.js").ModelFolder}} init
   * @param {import("../network/tf.js").Backend} backend what the network is to run on
   * @param {Owner} owner
   */
  constructor(init, backend, owner) {
    this._init = init;
    this._backend = backend;
    this._owner = owner;
    /** @type {Helper[]} */
    this._helpers = [];
    this._add(backend);
  }

  /** There may be something to do: free helpers ask for it. */
  wake() {
    for (const helper of this._helpers) if (!helper.task) this._giveTask(helper);
  }

  /** What is being done is not wanted any more; a task that takes long ends early. */
  cancel() {
    for (const helper of this._helpers) if (helper.task) helper.post({ kind: protocol.CANCEL });
  }

  /** @param {import("../network/tf.js").Backend | null} backend null for one that has no network */
  _add(backend) {
    const helper = new Helper((from, message) => this._hear(from, message), this._owner);
    this._helpers.push(helper);
    helper.post({ kind: protocol.INIT, ...this._init, backend });
    this._giveTask(helper);
  }

  /** @param {Helper} helper */
  _giveTask(helper) {
    helper.task = this._owner.nextTask(helper.abilities);
    helper.watch();
    if (helper.task) helper.post({ kind: protocol.TASK, order: helper.task.order }, helper.task.transfer);
  }

  /** @param {Helper} helper @param {import("./worker-bridge.js").Message} message */
  _hear(helper, message) {
    helper.watch();
    if (message.kind === protocol.READY) this._ready(helper, message.backend, message.refusal);
    if (message.kind === protocol.PART) helper.task?.onPart(/** @type {any} */ (message));
    if (message.kind === protocol.NOT_READY) this._owner.onFailure(new SongError(message.code, message.details));
    if (message.kind === protocol.DONE) this._end(helper, (task) => task.onDone(message.result));
    if (message.kind === protocol.FAILED) {
      this._end(helper, (task) => task.onFail(new SongError(message.code, message.details)));
    }
  }

  /** @param {Helper} helper @param {(task: Task) => void} tell */
  _end(helper, tell) {
    const task = helper.task;
    helper.task = null;
    if (task) tell(task);
    this.wake();
  }

  /**
   * The first helper's files are in the browser's cache now: the others fetch nothing twice. A GPU is kept by the
   * first one, which then does nothing else and needs little of its core; the others decode.
   * @param {Helper} helper
   * @param {import("../network/tf.js").Backend | null} backend
   * @param {string} refusal
   */
  _ready(helper, backend, refusal) {
    const has_gpu = backend !== null && backend !== "wasm";
    helper.abilities = { windows: backend !== null, segments: !has_gpu };
    if (helper === this._helpers[0] && backend !== null) {
      this._owner.onNetwork(backend, refusal);
      const n_networks = has_gpu ? 1 : poolSize();
      while (this._helpers.length < n_networks) this._add("wasm");
      while (this._helpers.length < n_networks + nDecoders(has_gpu)) this._add(null);
    }
    this.wake();
  }
}
