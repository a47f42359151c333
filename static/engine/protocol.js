/**
 * The messages between the page, the song worker and its helpers. Every message is {kind, ...}; those about a song
 * carry its number, so that what an outdated song still delivers can be dropped. Buffers are transferred. A folder is a
 * model's files (model-files.js).
 *
 *   page → song worker   INIT {contract, folder, backend, wanted}   ANALYSE {song, file}   CANCEL {}
 *                        PCM_READY {song, sample_rate_hz, n_samples, decode_ms}   PCM {song, channels}
 *   song worker → page   READY {backend, refusal} NEEDS_BROWSER {song, container, sample_rate_hz}
 *                        PCM_WANTED {song, first_sample, end_sample}   PROGRESS {song, fraction, decoded_s}
 *                        ROWS {song, rows}   SOUND {song, frames}
 *                        RESULT {song, duration_s, rows, verdict, timings_ms}, with mean and stretches in place of the
 *                        verdict where the embedding is wanted
 *                        FAILED {song, code, details} song 0: the helpers, whatever song they had
 *   song worker → helper INIT {contract, folder, backend}   TASK {order}   CANCEL {}
 *   helper → song worker READY {backend, refusal}   NOT_READY {code, details}
 *                        PART {log_mel, sound, end}   DONE {result}   FAILED {code, details}
 */
export const INIT = "init";
export const READY = "ready";
export const NOT_READY = "not-ready";
export const ANALYSE = "analyse";
export const CANCEL = "cancel";
export const NEEDS_BROWSER = "needs-browser";
export const PCM_READY = "pcm-ready";
export const PCM_WANTED = "pcm-wanted";
export const PCM = "pcm";
export const PROGRESS = "progress";
export const ROWS = "rows";
export const SOUND = "sound";
export const RESULT = "result";
export const TASK = "task";
export const PART = "part";
export const DONE = "done";
export const FAILED = "failed";
