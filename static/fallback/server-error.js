/**
 * Why the server has not heard a song, told apart by code; `messages.js` has the sentence for each. The server's own
 * codes are those of its problem+json; besides, there are
 *
 * - unreachable   no answer: offline, or it has been stopped
 * - odd_answer    an answer that is not its own, as of a proxy in between
 */
export class ServerError extends Error {
  /** @param {string} code @param {{detail?: string, retry_after_s?: number, status?: number}} [details] */
  constructor(code, details = {}) {
    super(`${code} ${JSON.stringify(details)}`);
    this.name = "ServerError";
    this.code = code;
    this.details = details;
  }

  /** Whether the same song may be heard a little later. */
  get is_passing() {
    return PASSING.has(this.code);
  }
}

const PASSING = new Set(
  ["unreachable", "odd_answer", "upload_timeout", "busy", "model_not_ready", "internal_error"],
);

/** What proxies, who speak no problem+json, mean by their numbers. @type {Record<number, string>} */
const CODES_BY_STATUS = { 413: "too_large", 429: "busy", 502: "unreachable", 503: "busy", 504: "unreachable" };

/**
 * @param {number} status of an answer that is no success
 * @param {any} body its JSON, if it has any
 * @param {string | null} retry_after the header
 * @returns {ServerError}
 */
export function errorOfAnswer(status, body, retry_after) {
  const code = typeof body?.code === "string" ? body.code : (CODES_BY_STATUS[status] ?? "odd_answer");
  const detail = typeof body?.detail === "string" ? body.detail : "";
  const retry_after_s = Number.parseInt(retry_after ?? "", 10); // proxies may give a date: then it is not told
  return new ServerError(code, { detail, status, ...(retry_after_s > 0 ? { retry_after_s } : {}) });
}
