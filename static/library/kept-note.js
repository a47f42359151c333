/** What the page says of the songs that this browser keeps, and the button that makes it forget them. */

import * as say from "../messages.js";
import { element } from "../ui/page.js";
import { MOST_SESSIONS } from "./kept-sessions.js";
import { MOST_SONGS } from "./store.js";

/**
 * @typedef {import("./store.js").AnalysisStore} AnalysisStore
 * @typedef {import("./kept-sessions.js").KeptSessions} KeptSessions
 */

/** @param {AnalysisStore} store @param {() => void} onForgotten */
export function offerForgetting(store, onForgotten) {
  element("#forget").addEventListener("click", async () => {
    await store.forget();
    onForgotten();
  });
}

/**
 * Says how many there are; nothing where there are none.
 * @param {AnalysisStore} store @param {KeptSessions} sessions
 */
export async function showKept(store, sessions) {
  const [n, n_sessions] = await Promise.all([store.count(), sessions.count()]);
  element("#kept").hidden = n === 0;
  element("#kept-words").textContent = say.keptInWords(n, n_sessions, n >= MOST_SONGS || n_sessions >= MOST_SESSIONS);
}
