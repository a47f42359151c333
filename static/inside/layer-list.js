/**
 * For each layer the units that answer most in a second, one below another, each with its strength over the whole song.
 * All of them are one choice: a single stop for the keyboard, arrow keys go from one to the next.
 */

import * as say from "../messages/inside.js";
import { newElement } from "../ui/new-elements.js";
import { strongest } from "./strengths.js";

/**
 * @typedef {import("./inside-worker.js").Inside} Inside
 *
 * @typedef {{width: number, height: number, ink: string}} Look of every stripe, in device pixels
 *
 * @typedef {object} Place of a unit
 * @property {number} layer 0 is the first of those that are watched
 * @property {number} unit its number in the layer
 * @property {number} i its number among the layer's watched ones
 * @property {number} at its number among all watched ones, as in the strengths
 */

/** Of each layer. */
const N_SHOWN = 5;
/** Standard deviations that are as high as a stripe. */
const MOST_SHOWN = 4;

const dark = matchMedia("(prefers-color-scheme: dark)");

export class LayerList {
  /** @param {(place: Place) => void} onChoose */
  constructor(onChoose) {
    this._onChoose = onChoose;
    this.element = newElement("div", "inside-layers");
    this.element.setAttribute("role", "radiogroup");
    this.element.setAttribute("aria-label", say.LAYERS_LABEL);
    /** @type {Inside | null} */
    this._inside = null;
    /** @type {Stripe[][]} by layer */
    this._stripes = [];
    /** @type {Place | null} */
    this._chosen = null;
    /** @type {Look} measured when it changes: to ask for it after each change of a stripe would be a layout each */
    this._look = { width: 0, height: 0, ink: "" };
    new ResizeObserver(() => this._measure()).observe(this.element);
    dark.addEventListener("change", () => this._measure());
  }

  _measure() {
    const lane = this.element.querySelector(".lane");
    if (!lane || lane.clientWidth === 0) return;
    const [width, height] = [lane.clientWidth, lane.clientHeight].map((px) => Math.round(px * devicePixelRatio));
    this._look = { width, height, ink: getComputedStyle(lane).color };
    for (const stripe of this._stripes.flat()) stripe.paint(this._look);
  }

  /** @param {Inside} inside a song: what is shown from now on */
  tell(inside) {
    this._inside = inside;
    this._chosen = null;
    let first = 0;
    const parts = inside.layers.map(({ n_units, units, told }, layer) => {
      const group = document.createElement("div");
      group.className = "inside-layer";
      group.setAttribute("role", "group");
      const title = newElement("h4", "", say.layerTitle(layer + 1, told?.duration_s ?? null));
      title.id = `inside-layer-${layer + 1}`;
      group.setAttribute("aria-labelledby", title.id);
      const own_first = first;
      first += units.length;
      const stripes = Array.from({ length: Math.min(N_SHOWN, units.length) }, () => {
        return new Stripe((at) => this.choose({ layer, unit: units[at - own_first], i: at - own_first, at }));
      });
      group.append(title, newElement("p", "inside-count", say.layerNote(units.length, n_units)));
      group.append(...stripes.map(({ element }) => element));
      return { group, stripes };
    });
    this._stripes = parts.map(({ stripes }) => stripes);
    this.element.replaceChildren(...parts.map(({ group }) => group));
    this._measure();
  }

  /** Nothing is kept of the song any more. */
  clear() {
    this._inside = null;
    this._stripes = [];
    this.element.replaceChildren();
  }

  /** @param {number} row */
  show(row) {
    const { layers, strengths, n_rows } = /** @type {Inside} */ (this._inside);
    let first = 0;
    for (const [layer, stripes] of this._stripes.entries()) {
      const { units } = layers[layer];
      const end = first + units.length;
      const shown = strongest(strengths, n_rows, row, { first, end }, stripes.length);
      for (const [rank, at] of shown.entries()) {
        const own = strengths.subarray(at * n_rows, (at + 1) * n_rows);
        const is_another = stripes[rank].show(at, units[at - first], own, row, at === this._chosen?.at);
        if (is_another) stripes[rank].paint(this._look);
      }
      first = end;
    }
    this.element.style.setProperty("--now", String((row + 0.5) / n_rows));
  }

  /** The one that answers most of the last layer: what it hears is the nearest to a genre. */
  chooseFirst() {
    this._stripes[this._stripes.length - 1]?.[0]?.choose();
  }

  /** @param {Place} place */
  choose(place) {
    this._chosen = place;
    this._onChoose(place);
  }
}

class Stripe {
  /** @param {(at: number) => void} onChoose */
  constructor(onChoose) {
    this._at = -1;
    this._onChoose = onChoose;
    this.element = newElement("label", "inside-stripe");
    this._radio = Object.assign(document.createElement("input"), { type: "radio", name: "inside-unit" });
    this._radio.autocomplete = "off";
    this._name = newElement("span", "name");
    this._strength = newElement("span", "strength");
    this._canvas = document.createElement("canvas");
    this._canvas.setAttribute("aria-hidden", "true");
    /** @type {Float32Array} one a row */
    this._strengths = new Float32Array(0);
    const lane = newElement("span", "lane");
    lane.append(this._canvas);
    this.element.append(this._radio, this._name, " ", this._strength, lane);
    this._radio.addEventListener("change", () => onChoose(this._at));
  }

  /**
   * @param {number} at @param {number} unit
   * @param {Float32Array} strengths of it, one a row @param {number} row that the song is at
   * @param {boolean} is_chosen
   * @returns {boolean} whether it is another unit than before, which is to be painted
   */
  show(at, unit, strengths, row, is_chosen) {
    this._strength.textContent = say.strength(strengths[row]);
    this._radio.checked = is_chosen;
    if (at === this._at) return false;
    this._at = at;
    this._strengths = strengths;
    this._name.textContent = say.unitName(unit);
    return true;
  }

  choose() {
    this._radio.checked = true;
    this._onChoose(this._at);
  }

  /** A bar a pixel: the highest of the rows in it. @param {Look} look */
  paint({ width, height, ink }) {
    const context = this._canvas.getContext("2d");
    if (!context || width === 0) return;
    if (this._canvas.width !== width) this._canvas.width = width;
    if (this._canvas.height !== height) this._canvas.height = height;
    context.clearRect(0, 0, width, height);
    context.fillStyle = ink;
    const rows_a_pixel = this._strengths.length / width;
    for (let x = 0; x < width; x += 1) {
      const first = Math.floor(x * rows_a_pixel);
      const end = Math.max(first + 1, Math.floor((x + 1) * rows_a_pixel));
      let highest = 0;
      for (let row = first; row < end; row += 1) highest = Math.max(highest, this._strengths[row]);
      const bar = Math.round(height * Math.min(1, highest / MOST_SHOWN));
      if (bar > 0) context.fillRect(x, height - bar, 1, bar);
    }
  }
}
