/**
 * Owns one worker's life: starts it on first use, passes messages, and when it crashes tells its owner once, after
 * which the next use starts a fresh one.
 */

/** @typedef {{kind: string, song?: number, [field: string]: any}} Message */

export class WorkerBridge {
  /**
   * @param {() => Worker} create
   * @param {(message: Message) => void} onMessage
   * @param {(reason: string) => void} onCrash the worker is already gone when this is called
   */
  constructor(create, onMessage, onCrash) {
    this._create = create;
    this._onMessage = onMessage;
    this._onCrash = onCrash;
    /** @type {Worker | null} */
    this._worker = null;
  }

  get is_running() {
    return this._worker !== null;
  }

  /** @param {Message} message @param {Transferable[]} [transfer] */
  post(message, transfer = []) {
    this._worker ??= this._start();
    this._worker.postMessage(message, transfer);
  }

  /** Ends the worker at once; what it was doing is lost and nothing more is heard of it. */
  end() {
    if (!this._worker) return;
    this._worker.onmessage = null;
    this._worker.onerror = null;
    this._worker.terminate();
    this._worker = null;
  }

  _start() {
    const worker = this._create();
    worker.onmessage = ({ data }) => this._onMessage(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.end();
      this._onCrash(event.message ?? "the script could not be loaded");
    };
    worker.onmessageerror = () => worker.onerror?.(new ErrorEvent("error", { message: "a message could not be read" }));
    return worker;
  }
}
