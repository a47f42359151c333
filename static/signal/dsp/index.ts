/**
 * The signal chain's inner loops, in float64 SIMD: AssemblyScript, compiled into ../dsp.wasm by `npm run build`.
 * All their numbers come from JavaScript, as arrays in the memory that it hands in; nothing is kept between calls.
 */

export { addChannel, resample, scaleToMono } from "./resample";
export { power, transform, weigh, windowed } from "./spectrum";
