/** The page's foot: what it runs on, what it remembers, and its copy for use without a network. */

import { songsInWords } from "./list.js";

/** @param {string} backend @param {number} n_workers */
export const runsOn = (backend, n_workers) => {
  if (backend === "wasm") return `Runs on: this device's CPU (WebAssembly, ${n_workers} workers)`;
  return `Runs on: this device's GPU (${backend === "webgpu" ? "WebGPU" : "WebGL"})`;
};

/** @param {string} why */
export const refused = (why) => `The GPU cannot be used, so the CPU is. (${why})`;

export const FROM_THE_NEXT_SONG = "Used from the next song on.";

/**
 * What is known of one way to the GPU.
 * @type {Record<string, (finding: Record<string, any>) => string>}
 */
const GPU_FINDINGS = {
  none: () => "Not in this browser on this device.",
  hardware: ({ name }) => name,
  software: ({ name }) => `Simulated by software, which is slow: ${name}`,
  failed: ({ message }) => `Does not start. (${message})`,
  "slow-start": ({ start_ms }) => `Takes ${(start_ms / 1000).toFixed(0)} s to start.`,
  inexact: () => "Its numbers are not exact enough.",
  slower: ({ gain }) => `A song takes ${(1 / gain).toFixed(1)} times as long as on the CPU.`,
  faster: ({ gain }) => `A song takes ${(1 / gain).toFixed(1)} times as long as on the CPU.`,
};

/** @param {{code: string}} finding */
export const gpuFinding = (finding) => GPU_FINDINGS[finding.code](finding);

/** @param {number} n songs @param {number} most */
export const keptInWords = (n, most) =>
  `${songsInWords(n)} remembered on this device${n < most ? "." : "; new ones take the place of the oldest."}`;

export const FORGOTTEN = "All songs are forgotten.";
export const NEW_VERSION = "There is a new version of this page.";
export const CLOSE_OTHERS = "Close the other tabs with this page first: they still use the old version.";
