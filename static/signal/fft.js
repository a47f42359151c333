/**
 * The Fourier transform of real frames: the one door to PFFFT (WebAssembly), with SIMD where the browser has it.
 * fetched only when asked for, so that importing this module costs nothing.
 */

/**
 * @typedef {object} RealFft
 * @property {Float32Array} input write the frame [n] here
 * @property {Float32Array} output its spectrum [n]: re 0, re n/2, then re and im of bins 1 to n/2 - 1
 * @property {() => void} transform
 */

const VENDOR = "../vendor/pffft-wasm-0.4.2";
const FORWARD = 0;
const REAL = 0;

/** `i8x16.splat` in the smallest module that has one: valid only where WebAssembly SIMD is. */
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

/** Whether this browser runs WebAssembly SIMD (all do since 2023). */
export const hasWasmSimd = () => typeof WebAssembly === "object" && WebAssembly.validate(SIMD_PROBE);

/**
 * @param {number} n_fft a multiple of 32 with no prime factor above 5
 * @returns {Promise<RealFft>}
 */
export async function createRealFft(n_fft) {
  const { default: instantiate } = await import(`${VENDOR}/${hasWasmSimd() ? "simd" : "non-simd"}/pffft.js`);
  const pffft = await instantiate();
  const setup = pffft._pffft_new_setup(n_fft, REAL);
  if (setup === 0) throw new RangeError(`n_fft is ${n_fft}: PFFFT needs 2^a 3^b 5^c with a of 5 or more`);
  const pointers = [0, 1, 2].map(() => pffft._pffft_aligned_malloc(n_fft * Float32Array.BYTES_PER_ELEMENT));
  const [input, output] = pointers.map((pointer) => new Float32Array(pffft.HEAPF32.buffer, pointer, n_fft));
  return {
    input,
    output,
    transform: () => pffft._pffft_transform_ordered(setup, pointers[0], pointers[1], pointers[2], FORWARD),
  };
}
