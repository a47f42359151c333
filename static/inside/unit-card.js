/** One unit: how strongly it answers now, and, where the model says so, what it hears best, to see and to hear. */

import { placeOf } from "../explain/mel-bands.js";
import { PlayButton } from "../explain/play-button.js";
import * as say from "../messages/inside.js";
import { hzInWords } from "../messages.js";
import { paintCells, rgbOf } from "../ui/cells.js";
import { newButton, newElement } from "../ui/new-elements.js";
import { newSpan } from "../ui/page.js";
import { DENSITY_EXPONENT } from "../ui/spectrogram.js";
import { setApart, toldOfMarks } from "./told-picture.js";

/**
 * @typedef {import("./imagined-sound.js").Picture} Picture
 * @typedef {import("./panel.js").Heard & {place: import("./layer-list.js").Place}} Shown
 *
 * @typedef {object} Surroundings
 * @property {() => void} pause the song's own player
 * @property {(picture: Picture) => Promise<Float32Array>} imagine its sound
 * @property {(error: unknown) => void} onError
 */

/** Of marks at most: the sound is to be seen through them. */
const MOST_OPAQUE = 0.7;
const TICKS_HZ = [300, 1000, 3000, 10_000];

export class UnitCard {
  /** @param {Surroundings} surroundings */
  constructor({ pause, imagine, onError }) {
    this._imagine = imagine;
    /** @type {Shown | null} */
    this._shown = null;
    /** @type {(Picture & {marks: Float32Array}) | null} */
    this._picture = null;
    this.element = newElement("div", "inside-unit");
    this._title = newElement("h4", "");
    this._strength = newElement("p", "inside-strength");
    this._words = Object.assign(newElement("p", ""), { id: "inside-words" });
    this._sound = document.createElement("canvas");
    this._over = document.createElement("canvas");
    this._louder = newSpan("louder", say.LOUDER);
    this._softer = newSpan("softer", say.SOFTER);
    this._hz = newElement("div", "inside-hz");
    this._times = newElement("div", "inside-times");
    this._seen = newElement("div", "inside-seen");
    this._button = newButton(say.LISTEN, "inside-play");
    this._playing = new PlayButton(this._button, { PLAY: say.LISTEN, STOP: say.STOP }, {
      make: () => this._shown && this._picture && this._imagined(this._shown, this._picture),
      pause,
      onPlaying: (is_playing) => this._seen.classList.toggle("playing", is_playing),
      onTime: (share) => this._seen.style.setProperty("--played", String(share)),
      onError,
    });
    this._build();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this._paint());
  }

  _build() {
    for (const axis of [this._hz, this._times]) axis.setAttribute("aria-hidden", "true");
    const picture = newElement("div", "inside-picture");
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-labelledby", this._words.id);
    picture.append(this._sound, this._over);
    const legend = newElement("p", "inside-legend");
    legend.append(this._louder, " ", this._softer);
    this._seen.append(this._hz, picture, this._times, legend);
    const told = newElement("div", "inside-told");
    told.append(this._title, this._strength, this._words, this._button);
    this.element.append(this._seen, told);
  }

  /** @returns {string} all that it says */
  get words() {
    return [this._title, this._strength, this._words].map((part) => part.textContent).join(" ");
  }

  /** @param {Shown} shown @param {number} row that the song is at */
  show(shown, row) {
    this._playing.stop();
    this._shown = shown;
    this._picture = null;
    const { inside, place } = shown;
    const told = inside.layers[place.layer].told;
    this._title.textContent = say.cardTitle(place.unit, place.layer + 1);
    this._seen.hidden = this._button.hidden = !told;
    this.element.classList.toggle("without-picture", !told);
    this._words.textContent = told ? this._tell(told, place.i, inside) : "";
    this.follow(row);
    this._paint();
    if (told) this._drawAxes(told.duration_s, inside.band_centres_hz);
  }

  /**
   * @param {import("./units-file.js").LayerOfFile} told @param {number} i which of its units
   * @param {import("./inside-worker.js").Inside} inside
   * @returns {string} in words
   */
  _tell(told, i, { range_db, band_centres_hz }) {
    const { pictures, units, n_cells, n_frames, frames_a_column, duration_s } = told;
    const marks = setApart(pictures, i, range_db);
    this._picture = { cells: pictures[i], marks, n_cells, n_frames, frames_a_column, range_db };
    return say.pictureInWords({ ...units[i], duration_s, ...toldOfMarks(marks, n_cells, band_centres_hz) });
  }

  /** @param {number} row that the song is at */
  follow(row) {
    if (!this._shown) return;
    const { inside, step_s, place } = this._shown;
    const own = inside.strengths.subarray(place.at * inside.n_rows, (place.at + 1) * inside.n_rows);
    const most = own.reduce((best, strength, i) => (strength > own[best] ? i : best), 0);
    this._strength.textContent = say.strengthInWords(own[row], row * step_s, most * step_s);
  }

  /** Nothing is to be seen or heard any more. */
  clear() {
    this._playing.stop();
    this._shown = this._picture = null;
  }

  _paint() {
    if (!this._picture) return;
    const { cells, marks, n_cells } = this._picture;
    const [low, high] = [cells.reduce((a, b) => Math.min(a, b)), cells.reduce((a, b) => Math.max(a, b))];
    const [ink, louder, softer] = [this._sound, this._louder, this._softer].map((part) => {
      return rgbOf(getComputedStyle(part).color);
    });
    paintCells(this._sound, Float32Array.from(cells), n_cells, {
      colourOf: () => ink,
      densityOf: (cell) => ((cell - low) / Math.max(1, high - low)) ** DENSITY_EXPONENT,
    });
    paintCells(this._over, marks, n_cells, {
      colourOf: (mark) => (mark > 0 ? louder : softer),
      densityOf: (mark) => MOST_OPAQUE * Math.abs(mark),
    });
  }

  /** @param {number} duration_s @param {number[]} band_centres_hz */
  _drawAxes(duration_s, band_centres_hz) {
    this._hz.replaceChildren(...TICKS_HZ.map((tick_hz) => {
      const tick = newElement("span", "", hzInWords(tick_hz));
      tick.style.insetBlockEnd = `${(100 * placeOf(band_centres_hz, tick_hz)) / band_centres_hz.length}%`;
      return tick;
    }));
    this._times.replaceChildren(...[0, duration_s].map((time_s) => newElement("span", "", say.seconds(time_s))));
  }

  /** @param {Shown} shown @param {Picture} picture */
  async _imagined({ sample_rate_hz }, picture) {
    return { parts: [await this._imagine(picture)], sample_rate_hz, heard: 0 };
  }
}
