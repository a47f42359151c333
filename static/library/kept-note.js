/** What the page says of the songs that this browser keeps, and the button that makes it forget them. */

import * as say from "../messages.js";
import { element } from "../ui/page.js";
import { MOST_SONGS } from "./store.js";

/** @param {import("./store.js").AnalysisStore} store @param {(words: string) => void} announce */
export function offerForgetting(store, announce) {
  element("#forget").addEventListener("click", async () => {
    await store.forget();
    announce(say.FORGOTTEN);
  });
  showKept(store);
}

/** Says how many there are; nothing where there are none. @param {import("./store.js").AnalysisStore} store */
export async function showKept(store) {
  const n_songs = await store.count();
  element("#kept").hidden = n_songs === 0;
  element("#kept-words").textContent = say.keptInWords(n_songs, MOST_SONGS);
}
