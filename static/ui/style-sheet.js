/** A part's looks, fetched with the part: nobody else needs them. */

/** @param {string} url of a style sheet @returns {Promise<void>} when it is there; rejects where it does not come */
export function fetchStyles(url) {
  return new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: url });
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => {
      link.remove();
      reject(new Error(`${url} could not be loaded`));
    });
    document.head.append(link);
  });
}
