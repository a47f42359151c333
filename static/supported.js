/** Whether this browser has what the page cannot do without. */

/** The smallest WebAssembly module with a SIMD instruction: () -> v128, i8x16.splat of 0. */
const SIMD_MODULE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0], // header
  ...[1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0], // its one function's type
  ...[10, 8, 1, 6, 0, 65, 0, 253, 15, 11], // its code
);

/** @returns {boolean} */
export const isSupported = () =>
  typeof WebAssembly === "object" &&
  WebAssembly.validate(SIMD_MODULE) &&
  typeof Worker === "function" &&
  typeof OfflineAudioContext === "function";
