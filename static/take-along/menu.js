/** The buttons below the chart: its numbers and picture as files, and a link to it. They are there for whole songs. */

import * as say from "../messages.js";
import { element } from "../ui/page.js";
import { download } from "../download.js";
import { downloadName } from "./file-name.js";
import { LinkError } from "./link-error.js";

/**
 * @typedef {import("./link-format.js").TitledAnalysis} TitledAnalysis
 * @typedef {{url: string, step_s: number}} Link
 */

const FILE_ENDINGS = ["png", "svg", "csv", "json"];

const fetchTakings = () => import("./takings.js");

export class TakeAlongMenu {
  /** @param {() => import("./takings.js").Look} getLook what the page shows now: pictures show it, too */
  constructor(getLook) {
    this._getLook = getLook;
    this._menu = element("#take-along");
    this._said = element("#take-along-said");
    this._link_field = /** @type {HTMLInputElement} */ (element("#link-field"));
    /** @type {TitledAnalysis | null} */
    this._song = null;
    /** @type {Promise<Link> | null} */
    this._link = null;
    this._listen();
  }

  /** @param {TitledAnalysis} song whose chart is complete */
  offer(song) {
    this.withdraw();
    this._song = song;
    this._menu.hidden = false;
    fetchTakings().catch(() => {}); // asked for again when they are needed
  }

  /** There is no complete chart. */
  withdraw() {
    this._song = this._link = null;
    this._menu.hidden = this._link_field.hidden = true;
    this._said.textContent = "";
  }

  _listen() {
    for (const ending of FILE_ENDINGS) this._onClick(ending, (song) => this._save(song, ending));
    this._onClick("link", (song) => this._copyLink(song));
    const share = this._onClick("share", (song) => this._shareLink(song));
    share.hidden = typeof navigator.share !== "function";
    // Safari copies and shares only right after a click: the link should be there by then.
    for (const event of ["pointerenter", "focusin"]) {
      this._menu.addEventListener(event, () => this._song && this._linkTo(this._song).catch(() => {}));
    }
  }

  /** @param {string} what @param {(song: TitledAnalysis) => Promise<string>} act its answer is said in time */
  _onClick(what, act) {
    const button = element(`#take-along [data-take="${what}"]`);
    button.addEventListener("click", async () => {
      const song = this._song;
      if (!song) return;
      const words = await act(song).catch(complaint);
      if (song === this._song) this._said.textContent = words;
    });
    return button;
  }

  /** @param {TitledAnalysis} song @param {string} ending */
  async _save(song, ending) {
    const name = downloadName(song.title, ending);
    const look = this._getLook(); // now: meanwhile another song may come onto the page
    const { FILES } = await fetchTakings();
    download(await FILES[ending](song, look), name);
    return say.saved(name);
  }

  /** Made once for each song. @param {TitledAnalysis} song @returns {Promise<Link>} */
  _linkTo(song) {
    const page_url = location.origin + location.pathname + location.search;
    this._link ??= fetchTakings().then(({ chartLink }) => chartLink(song, page_url));
    this._link.catch(() => (this._link = null)); // tried again with the next click
    return this._link;
  }

  /** @param {TitledAnalysis} song */
  async _copyLink(song) {
    const { url, step_s } = await this._linkTo(song);
    const is_copied = await copied(url);
    if (song !== this._song) return "";
    this._link_field.hidden = is_copied;
    if (is_copied) return say.linkCopied(step_s);
    this._link_field.value = url;
    this._link_field.focus();
    this._link_field.select();
    return say.linkToCopy(step_s);
  }

  /** @param {TitledAnalysis} song */
  async _shareLink(song) {
    const { url } = await this._linkTo(song);
    try {
      await navigator.share({ title: say.pictureTitle(song.title), url });
      return "";
    } catch (error) {
      const is_changed_mind = error instanceof DOMException && error.name === "AbortError";
      return is_changed_mind ? "" : this._copyLink(song);
    }
  }
}

/** @param {string} text @returns {Promise<boolean>} false where the browser does not let pages copy */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text); // no clipboard on a page without HTTPS
    return true;
  } catch {
    return false;
  }
}

/** @param {unknown} error */
function complaint(error) {
  if (error instanceof LinkError) return say.BROKEN_LINKS[error.code];
  console.warn(`genrescope: ${error}`);
  return say.NOT_SAVED;
}
