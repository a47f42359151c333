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
  /** @param {string} kind of its canvases: their class */
  constructor(kind) {
    this._kind = kind;
    /** @type {Canvas[]} one, or as many as were needed so far */
    this._canvases = [];
    n_figures += 1;
    this._words = Object.assign(document.createElement("figcaption"), { id: `how-figure-${n_figures}` });
    this._pictures = Object.assign(document.createElement("div"), { className: "how-pictures" });
    this._pictures.setAttribute("role", "img");
    this._pictures.setAttribute("aria-labelledby", this._words.id);
    this.element = document.createElement("figure");
    this.element.append(this._pictures, this._words);
    this._add();
    this.hide();
  }

  hide() {
    this.element.hidden = true;
  }

  /** @param {string} words what the pictures show @param {...Painter} painters one a canvas; others stay away */
  show(words, ...painters) {
    this.element.hidden = false;
    this._words.textContent = words;
    while (this._canvases.length < painters.length) this._add();
    this._canvases.forEach((canvas, i) => {
      canvas.element.hidden = !painters[i];
      if (painters[i]) canvas.show(painters[i]);
    });
  }

  _add() {
    const canvas = new Canvas(this._kind);
    this._canvases.push(canvas);
    this._pictures.append(canvas.element);
  }
}
