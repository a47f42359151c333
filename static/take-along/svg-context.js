/**
 * What the page's painters paint on, kept as vectors: whatever is on the canvas is in the SVG, drawn by the same code.
 * Of a canvas it knows what they use, and it never wipes anything.
 */

import { short, svgElement } from "./svg-element.js";

/**
 * @typedef {import("../ui/columns.js").PaintContext} PaintContext
 * @implements {PaintContext}
 */
export class SvgContext {
  /**
   * @param {import("./chart-layout.js").Box} box of the picture, where the painter's canvas lies
   * @param {number} width of the canvas in units of the painter's; its height is the box's
   */
  constructor(box, width) {
    this.canvas = { width, height: box.height };
    /** @type {any} a name, by which `paths` has what was filled with it */
    this.fillStyle = "";
    this.globalAlpha = 1;
    this._box = box;
    this._path = "";
    /** @type {Map<string, Map<number, string[]>>} outlines by what they are filled with, and how densely */
    this._filled = new Map();
  }

  clearRect() {}

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  fillRect(x, y, width, height) {
    const left = this._x(x);
    const across = short(this._x(x + width) - left);
    this._fill(`M${short(left)} ${short(this._box.y + y)}h${across}v${short(height)}h-${across}z`);
  }

  beginPath() {
    this._path = "";
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this._path += `M${short(this._x(x))} ${short(this._box.y + y)}L`;
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    this._path += `${short(this._x(x))} ${short(this._box.y + y)} `;
  }

  fill() {
    if (this._path) this._fill(this._path.trimEnd());
  }

  /** @param {string} name a fillStyle @param {string} fill what it stands for @returns {SVGElement[]} by density */
  paths(name, fill) {
    const filled = [...(this._filled.get(name) ?? [])];
    return filled.map(([density, d]) => svgElement("path", { fill, "fill-opacity": density, d: d.join("") }));
  }

  /** Beyond the canvas nothing is seen. @param {number} x */
  _x(x) {
    return this._box.x + (Math.min(x, this.canvas.width) * this._box.width) / this.canvas.width;
  }

  /** @param {string} outline */
  _fill(outline) {
    const by_density = this._filled.get(this.fillStyle) ?? new Map();
    const density = Number(short(this.globalAlpha)); // in steps that no eye tells apart: a path each
    if (by_density.has(density)) by_density.get(density).push(outline);
    else by_density.set(density, [outline]);
    this._filled.set(this.fillStyle, by_density);
  }
}
