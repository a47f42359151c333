/** The page's side of the service worker: when it is installed, whether all is kept, whether there is a new version. */

import { recall, remember } from "../ui/memory.js";
import { reachesHelpers } from "./reach.js";

/** For a song to be chosen first: keeping takes the network and the processor a second. */
const PATIENCE_MS = 4000;

/** @param {ServiceWorker} worker @param {{question: string, version?: string}} question @returns {Promise<boolean>} */
const ask = (worker, question) =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage(question, [port2]);
  });

/** @returns {Promise<void>} when the visitor's first song has been heard, or there is none for a while */
const firstSong = () =>
  new Promise((resolve) => {
    document.addEventListener("genrescope:analysis", () => resolve(), { once: true });
    setTimeout(resolve, PATIENCE_MS);
  });

/** @param {HTMLElement} main @returns {Promise<void>} when no song is being heard */
const quiet = (main) =>
  new Promise((resolve) => {
    const look = () => {
      if (main.getAttribute("aria-busy") === "true") return;
      observer.disconnect();
      resolve();
    };
    const observer = new MutationObserver(look);
    observer.observe(main, { attributeFilter: ["aria-busy"] });
    look();
  });

export class OfflineCopy {
  /**
   * @param {string} version of this page, as the server gave it
   * @param {{onKept: () => void, onNewVersion: () => void}} listener
   */
  constructor(version, listener) {
    this._version = version;
    this._listener = listener;
    this._is_started = false;
    /** @type {ServiceWorkerRegistration | null} */
    this._registration = null;
  }

  /**
   * Once the page can hear songs. Browsers without service workers, or that refuse them, go without.
   * @param {HTMLElement} main tells by aria-busy whether a song is being heard, which comes first
   */
  async start(main) {
    if (this._is_started || !navigator.serviceWorker || recall("unreached") === navigator.userAgent) return;
    this._is_started = true;
    await firstSong();
    await quiet(main);
    if (/** @type {any} */ (navigator).connection?.saveData && !navigator.serviceWorker.controller) return;
    try {
      const address = new URL("service-worker.js", document.baseURI);
      this._watch(await navigator.serviceWorker.register(address, { updateViaCache: "none" }));
      await this._tellWhenKept();
    } catch (error) {
      console.info(`genrescope: does not work without a network: ${error}`);
    }
  }

  /** @returns {Promise<boolean>} false when other pages are open that are still of the old version; else it reloads */
  async takeNewVersion() {
    const waiting = this._registration?.waiting;
    if (!waiting) return false;
    waiting.addEventListener("statechange", () => waiting.state === "activated" && location.reload());
    return ask(waiting, { question: "take-over" });
  }

  async _tellWhenKept() {
    const { active } = await navigator.serviceWorker.ready;
    if (!active || !(await ask(active, { question: "is-kept", version: this._version }))) return;
    // A page that is not answered for, since others are open, cannot know.
    if (!navigator.serviceWorker.controller || (await reachesHelpers())) this._listener.onKept();
    else await this._giveUp();
  }

  /** Helpers that come from the server could be of another version than the page. */
  async _giveUp() {
    remember("unreached", navigator.userAgent);
    await this._registration?.unregister();
    for (const name of await caches.keys()) if (name.startsWith("genrescope ")) await caches.delete(name);
  }

  /** @param {ServiceWorkerRegistration} registration */
  _watch(registration) {
    this._registration = registration;
    const look = () => registration.active && registration.waiting && this._listener.onNewVersion();
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", look);
    });
    look();
  }
}
