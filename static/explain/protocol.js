/**
 * The messages between the page and a worker that answers questions about a song. Every message but the first carries
 * the number of the question that it belongs to.
 *
 *   page → worker   INIT {contract, folder}   AROUND {id, file, row}
 *                   EXPLAIN {id, log_mel, first_frame, row, genre}
 *                   LOOK {id, file, row}
 *                   INSIDE {id, file, n_rows}   IMAGINE {id, picture}
 *                   BANDS {id}   THROUGH {id, samples, masks}
 *                   PCM_READY {id, sample_rate_hz, n_samples}   PCM {id, channels}   NOT_DECODED {id, code, details}
 *   worker → page   ANSWER {id, answer}   REFUSAL {id, code, details}
 *                   NEEDS_BROWSER {id, container, sample_rate_hz}   PCM_WANTED {id, first_sample, end_sample}
 */
export const INIT = "init";
export const AROUND = "around";
export const EXPLAIN = "explain";
export const LOOK = "look";
export const INSIDE = "inside";
export const IMAGINE = "imagine";
export const BANDS = "bands";
export const THROUGH = "through";
export const PCM_READY = "pcm-ready";
export const PCM = "pcm";
export const NOT_DECODED = "not-decoded";
export const ANSWER = "answer";
export const REFUSAL = "refusal";
export const NEEDS_BROWSER = "needs-browser";
export const PCM_WANTED = "pcm-wanted";
