/** One stage of the explanation: a heading, what happens, and a picture of it with what it shows in words. */

import { newSpan } from "../ui/page.js";
import { Canvas } from "./canvas.js";

/** @typedef {import("./canvas.js").Painter} Painter */

let n_figures = 0;

export class Stage {
  /** @param {number} number @param {string} title */
  constructor(number, title) {
    this.element = document.createElement("li");
    const heading = document.createElement("h3");
    heading.append(newSpan("number", String(number)), ` ${title}`);
    this._text = document.createElement("p");
    this.element.append(heading, this._text);
  }

  /** @param {string} words */
  tell(words) {
    this._text.textContent = words;
  }

  /** @param {Figure} figure @returns {Figure} */
  add(figure) {
    this.element.append(figure.element);
    return figure;
  }
}

/** Pictures side by side, or one, and below them in words what they show: who cannot see them hears it. */
export class Figure {
  /** @param {string} kind of its canvases: their class @param {number} [n] canvases */
  constructor(kind, n = 1) {
    this._canvases = Array.from({ length: n }, () => new Canvas(kind));
    n_figures += 1;
    this._words = Object.assign(document.createElement("figcaption"), { id: `how-figure-${n_figures}` });
    const pictures = Object.assign(document.createElement("div"), { className: "how-pictures" });
    pictures.setAttribute("role", "img");
    pictures.setAttribute("aria-labelledby", this._words.id);
    pictures.append(...this._canvases.map((canvas) => canvas.element));
    this.element = document.createElement("figure");
    this.element.append(pictures, this._words);
    this.hide();
  }

  hide() {
    this.element.hidden = true;
  }

  /** @param {string} words what the pictures show @param {...Painter} painters one a canvas; others stay away */
  show(words, ...painters) {
    this.element.hidden = false;
    this._words.textContent = words;
    this._canvases.forEach((canvas, i) => {
      canvas.element.hidden = !painters[i];
      if (painters[i]) canvas.show(painters[i]);
    });
  }
}
