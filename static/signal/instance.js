/** An instance of our WebAssembly, with a memory of its own that goes when the instance goes. */

/** Bytes; what v128 loads of whole pairs like best. */
const ALIGNMENT = 16;
const PAGE_BYTES = 65536;

/**
 * What dsp/*.ts exports; arrays are given by their address, which is their byteOffset.
 * @typedef {Record<"addChannel" | "scaleToMono" | "resample" | "windowed" | "transform" | "power" | "weigh",
 *   (...numbers: number[]) => void>} Loops
 */

/** @typedef {Float64Array | Float32Array | Int32Array} NumberArray */

/**
 * @template {Record<string, NumberArray>} Arrays
 * @param {WebAssembly.Module} module
 * @param {Arrays} arrays tables, and room to work in
 * @returns {{loops: Loops, arrays: Arrays}} the arrays as they are now in the instance's memory
 */
export function instantiate(module, arrays) {
  const entries = Object.entries(arrays);
  const sizes = entries.map(([, array]) => Math.ceil(array.byteLength / ALIGNMENT) * ALIGNMENT);
  const n_bytes = sizes.reduce((sum, size) => sum + size, 0);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(n_bytes / PAGE_BYTES) });
  let at = 0;
  const moved = entries.map(([name, array], i) => {
    const Kind = /** @type {new (buffer: ArrayBuffer, at: number, n: number) => NumberArray} */ (array.constructor);
    const view = new Kind(memory.buffer, at, array.length);
    view.set(array);
    at += sizes[i];
    return [name, view];
  });
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { loops: /** @type {any} */ (exports), arrays: Object.fromEntries(moved) };
}
