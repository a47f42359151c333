/**
 * For each layer the units that answer most in a second, one below another, each with its strength over the whole song.
 * All of them are one choice: a single stop for the keyboard, arrow keys go from one to the next.
 */

import * as say from "../messages/inside.js";
import { Canvas } from "../how/canvas.js";
import { newElement } from "./parts.js";
import { strongest } from "./strengths.js";

/**
 * @typedef {import("./inside-worker.js").Inside} Inside
 * @typedef {import("../how/canvas.js").Painter} Painter
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
        stripes[rank].show(at, units[at - first], own, own[row], at === this._chosen?.at);
      }
      first = end;
    }
  }

  /** @param {number} share of the song that is over */
  markTime(share) {
    this.element.style.setProperty("--now", String(Math.min(1, share)));
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
    this._canvas = new Canvas("inside-lane");
    this._canvas.element.setAttribute("aria-hidden", "true");
    const lane = newElement("span", "lane");
    lane.append(this._canvas.element);
    this.element.append(this._radio, this._name, " ", this._strength, lane);
    this._radio.addEventListener("change", () => onChoose(this._at));
  }

  /**
   * @param {number} at @param {number} unit
   * @param {Float32Array} strengths of it, one a row @param {number} strength now
   * @param {boolean} is_chosen
   */
  show(at, unit, strengths, strength, is_chosen) {
    this._strength.textContent = say.strength(strength);
    this._radio.checked = is_chosen;
    if (at === this._at) return;
    this._at = at;
    this._name.textContent = say.unitName(unit);
    this._canvas.show(paintStrengths(strengths));
  }

  choose() {
    this._radio.checked = true;
    this._onChoose(this._at);
  }
}

/**
 * A bar a pixel: the highest of the rows in it.
 * @param {Float32Array} strengths one a row
 * @returns {Painter}
 */
const paintStrengths = (strengths) => (context, { ink }) => {
  const { width, height } = context.canvas;
  const rows_a_pixel = strengths.length / width;
  context.fillStyle = ink;
  for (let x = 0; x < width; x += 1) {
    const first = Math.floor(x * rows_a_pixel);
    const end = Math.max(first + 1, Math.floor((x + 1) * rows_a_pixel));
    let highest = 0;
    for (let row = first; row < end; row += 1) highest = Math.max(highest, strengths[row]);
    const bar = height * Math.min(1, highest / MOST_SHOWN);
    context.fillRect(x, height - bar, 1, bar);
  }
};
