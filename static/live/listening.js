/** The page's live part: from the click on "listen" to a chart that is kept, or to a sentence that says why not. */

import { SongError } from "../engine/song-error.js";
import * as say from "../messages.js";
import { LivePanel } from "../ui/live-panel.js";
import { askFor, close } from "./capture.js";
import { endingOf } from "./recorder.js";
import { LiveSession } from "./session.js";

/**
 * @typedef {import("./capture.js").Source} Source
 * @typedef {import("./session.js").Model} Model
 * @typedef {import("./session.js").Heard} Heard
 *
 * @typedef {object} Page what the rest of the page does for it
 * @property {() => () => boolean} choose makes room for another song; gives whether it is still the one chosen last
 * @property {() => Promise<Model>} getModel
 * @property {() => void} begin sound is on its way
 * @property {(title: string, contract: import("../contract.js").Contract) => void} show an empty chart
 * @property {(rows: number[][], unsure: boolean[]) => void} setRows
 * @property {(sound: Heard["sound"]) => void} setSound
 * @property {(song: import("../ui/song-view.js").ShownSong, analysis: Heard["analysis"]) => void} finish
 * @property {(error: unknown, name: string) => void} fail
 */

export class Listening {
  /** @param {Page} page */
  constructor(page) {
    this._page = page;
    /** @type {LiveSession | null} */
    this._session = null;
    this._panel = new LivePanel({ onListen: (source) => this._listen(source), onStop: () => this._session?.stop() });
  }

  /** Something else was chosen: ends the session, if there is one. */
  leave() {
    this._session?.abandon();
    this._session = null;
    this._panel.close();
  }

  /** @param {Source} source */
  async _listen(source) {
    const isNewest = this._page.choose();
    this._panel.ask(source);
    try {
      // Asked at once: browsers want the question to follow from a click.
      const { stream, model } = await together(askFor(source), this._page.getModel());
      if (!isNewest()) return close(stream);
      await this._hear(stream, model, source, isNewest);
    } catch (error) {
      if (!isNewest()) return;
      this.leave();
      this._page.fail(error, say.SOURCES[source]);
    }
  }

  /** @param {MediaStream} stream @param {Model} model @param {Source} source @param {() => boolean} isNewest */
  async _hear(stream, model, source, isNewest) {
    const { contract } = model;
    const title = say.liveTitle(source, new Date());
    let is_shown = false;
    /** The chart before it stays until there is one. @param {number[][]} rows @param {boolean[]} unsure */
    const onRows = (rows, unsure) => {
      if (!is_shown) this._page.show(title, contract);
      is_shown = true;
      this._page.setRows(rows, unsure);
    };
    /** @type {import("./session.js").Watcher} */
    const watcher = {
      onRows,
      onSound: (sound) => is_shown && this._page.setSound(sound),
      onLevel: (power) => this._panel.setLevel(power),
    };
    const session = new LiveSession(stream, model, watcher, this._panel.keeps_sound);
    this._session = session;
    await session.start();
    if (!isNewest()) return;
    this._page.begin();
    this._panel.listen(source);
    const heard = await session.result;
    if (isNewest()) this._finish(heard, title, source);
  }

  /** @param {Heard} heard @param {string} title @param {Source} source */
  _finish({ analysis, sound, recording, was_cut_off }, title, source) {
    this.leave();
    const file = recording && { sound: recording, name: `${title.replaceAll(":", ".")}.${endingOf(recording)}` };
    this._panel.tellEnd(was_cut_off ? say.cutOff(source, analysis.duration_s) : "", file);
    this._page.finish({ title, media: recording, sound }, analysis);
  }
}

/**
 * A stream that nobody can use any more is closed.
 * @param {Promise<MediaStream>} asked @param {Promise<Model>} loaded
 */
async function together(asked, loaded) {
  loaded.catch(() => {}); // told when the visitor has answered
  const stream = await asked;
  try {
    return { stream, model: await loaded };
  } catch (error) {
    close(stream);
    throw SongError.from(error);
  }
}
