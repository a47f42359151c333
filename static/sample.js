/** Our own medley, whose styles are known: a first chart for whoever has no song at hand. */

import * as say from "./messages.js";

/** @returns {Promise<File | null>} null when the server has none, or cannot be reached */
export async function fetchSample() {
  try {
    const response = await fetch(new URL("./sample/medley.mp3", import.meta.url));
    return response.ok ? new File([await response.blob()], say.SAMPLE_FILE_NAME) : null;
  } catch {
    return null;
  }
}
