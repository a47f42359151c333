/** The way to the server's ears: whether there are any, and a song sent there. Nothing here asks the visitor. */

import { errorOfAnswer, ServerError } from "./server-error.js";

/**
 * @typedef {import("../engine/analyser.js").Analysis} Analysis
 *
 * @typedef {object} Sending
 * @property {(fraction: number) => void} onProgress how much of the song is sent; 1: all of it, now it is listened to
 * @property {AbortSignal} signal ends it at any time
 */

/**
 * A page that comes from a server is heard by it. One of a site of mere files says which server hears for it, or that
 * there is none (server/site.py).
 * @returns {URL | null}
 */
export function hearerAddress() {
  const said = document.querySelector("meta[name=genrescope-hearer]")?.getAttribute("content") ?? "./";
  return said ? new URL(said, document.baseURI) : null;
}

/**
 * Asks for what is small and says it, so that where another server has that address nothing is offered.
 * @param {URL} hearer
 * @returns {Promise<boolean>} whether it takes songs
 * @throws {ServerError} `unreachable`
 */
export async function takesSongs(hearer) {
  const response = await fetch(new URL("openapi.json", hearer)).catch(() => {
    throw new ServerError("unreachable");
  });
  if (!response.ok) return false;
  const description = await response.json().catch(() => null); // a host of mere files may answer anything with a page
  return Boolean(description?.paths?.["/predict"]?.post);
}

/**
 * By XMLHttpRequest, since only that tells every browser how much is sent.
 * @param {File} file
 * @param {URL} hearer
 * @param {Sending} sending
 * @returns {Promise<Analysis>} rejects with a ServerError, or an AbortError
 */
export function sendSong(file, hearer, { onProgress, signal }) {
  const started_ms = performance.now();
  const request = new XMLHttpRequest();
  let sent_ms = 0;
  const answer = new Promise((resolve, reject) => {
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / Math.max(1, total)));
    request.upload.addEventListener("load", () => {
      sent_ms = performance.now() - started_ms;
      onProgress(1);
    });
    request.addEventListener("load", () => {
      if (request.status !== 200) reject(errorOf(request));
      else if (!Array.isArray(request.response?.probabilities)) reject(new ServerError("odd_answer", { status: 200 }));
      else resolve(toAnalysis(request.response, sent_ms, performance.now() - started_ms));
    });
    request.addEventListener("error", () => reject(new ServerError("unreachable")));
    request.addEventListener("abort", () => reject(new DOMException("the song is not wanted there", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
  });
  request.open("POST", new URL("predict", hearer));
  request.responseType = "json";
  request.send(form(file));
  return answer;
}

/** @param {File} file @returns {FormData} its name stays here: the server does not need it */
function form(file) {
  const data = new FormData();
  data.append("file", file, "song");
  return data;
}

/** @param {XMLHttpRequest} request */
const errorOf = (request) =>
  errorOfAnswer(request.status, request.response, request.getResponseHeader("Retry-After"));

/** @param {any} prediction @param {number} upload @param {number} total ms @returns {Analysis} */
const toAnalysis = (prediction, upload, total) => ({ ...prediction, timings_ms: { upload, total }, backend: "server" });
