/** A picture on a canvas that is as wide as there is room, painted anew when its size or the page's colours change. */

/**
 * @typedef {object} Ink the page's colours, and sizes in device pixels
 * @property {string} ink
 * @property {string} soft
 * @property {string} line
 * @property {string} mark what is to be looked at
 * @property {boolean} on_dark
 * @property {number} px a CSS pixel
 *
 * @typedef {(context: CanvasRenderingContext2D, ink: Ink) => void} Painter of the whole canvas, which is clear
 */

const dark = matchMedia("(prefers-color-scheme: dark)");

export class Canvas {
  /** @param {string} kind its class, which gives it its height */
  constructor(kind) {
    this.element = Object.assign(document.createElement("canvas"), { className: kind });
    /** @type {Painter | null} */
    this._painter = null;
    new ResizeObserver(() => this._paint()).observe(this.element);
    dark.addEventListener("change", () => this._paint());
  }

  /** @param {Painter} painter */
  show(painter) {
    this._painter = painter;
    this._paint();
  }

  _paint() {
    const { element, _painter: painter } = this;
    const context = element.getContext("2d");
    if (!painter || !context || element.clientWidth === 0) return;
    element.width = Math.round(element.clientWidth * devicePixelRatio);
    element.height = Math.round(element.clientHeight * devicePixelRatio);
    painter(context, inkOf(element));
  }
}

/** @param {HTMLCanvasElement} canvas @returns {Ink} */
function inkOf(canvas) {
  const style = getComputedStyle(canvas);
  const [soft, line, mark] = ["--soft", "--line", "--focus"].map((name) => style.getPropertyValue(name));
  return { ink: style.color, soft, line, mark, on_dark: dark.matches, px: devicePixelRatio };
}
