/**
 * The messages of a live session. Sound takes a port of its own from the audio thread to the worker that analyses it,
 * so that the page's main thread never has to hurry.
 *
 *   page → tap       {port} where blocks go   {} that was all: the last block, and the end
 *   tap → worker     a Block, or END          (on that port)
 *   tap → page       Level, one a block       END
 *   page → worker    INIT {contract, folder, port}   FINISH {} no sound comes any more
 *   worker → page    ROWS {settled, preview, duration_s, sound}   settled: the next rows that stay as they are; sound:
 *                    the next frames as they are looked at
 *                    RESULT {rows, duration_s, verdict, timings_ms, sound}   rows: those that were not settled yet
 *                    FAILED {code, details}
 *
 * @typedef {{channels: Float32Array[], sample_rate_hz: number}} Block [channels][n]
 * @typedef {{power: number}} Level mean square of a block's samples, 1 at full scale
 */
export const INIT = "init";
export const FINISH = "finish";
export const ROWS = "rows";
export const RESULT = "result";
export const FAILED = "failed";
export const END = "end";
