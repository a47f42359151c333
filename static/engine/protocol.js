/**
 * The messages between the page, the song worker and the network worker. Every message is {kind, ...}; those about a
 * song carry its number, so that what an outdated song still delivers can be dropped. Buffers are transferred.
 *
 *   page → song     INIT {contract, contract_url, port}   ANALYSE {song, file}   PCM {song, channels}   PCM_END {song}
 *   page → network  INIT {contract, contract_url, backend}   CONNECT {port}
 *   song → page     READY   NEEDS_BROWSER {song, container, sample_rate_hz}   PCM_DONE {song}
 *                   PROGRESS {song, fraction, decoded_s}   FAILED {song, code, details}
 *   song → network  BLOCK {song, log_mel}   END {song, duration_s, timings_ms}
 *   network → song  BLOCK_DONE {}
 *   network → page  READY {backend, refusal}   ROWS {song, rows}
 *                   RESULT {song, duration_s, rows, verdict, timings_ms}
 *                   FAILED {song, code, details}
 */
export const INIT = "init";
export const CONNECT = "connect";
export const READY = "ready";
export const ANALYSE = "analyse";
export const NEEDS_BROWSER = "needs-browser";
export const PCM = "pcm";
export const PCM_DONE = "pcm-done";
export const PCM_END = "pcm-end";
export const PROGRESS = "progress";
export const BLOCK = "block";
export const BLOCK_DONE = "block-done";
export const END = "end";
export const ROWS = "rows";
export const RESULT = "result";
export const FAILED = "failed";
