/** Ways to move through the chart: pointer, wheel, two fingers, keys. What they mean is the chart's business. */

/**
 * @typedef {object} Gestures times as shares of the view's width, 0 to 1
 * @property {(share: number) => void} onSeek
 * @property {(share: number | null) => void} onHover null when the pointer has left
 * @property {(factor: number, share: number) => void} onZoom closer by a factor, around a place
 * @property {(share: number) => boolean} onPan by so much of the view; whether there is anything to pan
 * @property {(n_rows: number) => void} onStep
 * @property {(factor: number) => void} onKeyZoom closer by a factor; 0: the whole song
 */

const KEY_STEPS = new Map([
  ["ArrowRight", 1],
  ["ArrowUp", 1],
  ["ArrowLeft", -1],
  ["ArrowDown", -1],
  ["PageUp", 10],
  ["PageDown", -10],
  ["Home", -Infinity],
  ["End", Infinity],
]);
export const ZOOM_STEP = 1.6;
const KEY_ZOOMS = new Map([["+", ZOOM_STEP], ["=", ZOOM_STEP], ["-", 1 / ZOOM_STEP], ["0", 0]]);
/** A notch of a wheel is some hundred of its units, a trackpad's pinch gives many small ones. */
const WHEEL_ZOOM = 0.004;
const MOST_WHEEL_ZOOM = 2;
const WHEEL_LINE_PX = 16;

/** @param {HTMLElement} plot @param {Gestures} gestures */
export function listenToGestures(plot, gestures) {
  const pinch = new Pinch();
  /** @param {number} client_x */
  const shareAt = (client_x) => {
    const { left, width } = plot.getBoundingClientRect();
    return Math.min(1, Math.max(0, (client_x - left) / width));
  };
  plot.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    plot.setPointerCapture(event.pointerId);
    pinch.down(event);
    if (!pinch.is_on) gestures.onSeek(shareAt(event.clientX));
  });
  plot.addEventListener("pointermove", (event) => {
    const share = shareAt(event.clientX);
    if (pinch.is_on) return pinch.move(event, plot.clientWidth, shareAt, gestures);
    gestures.onHover(share);
    if (plot.hasPointerCapture(event.pointerId) && !pinch.was_on) gestures.onSeek(share);
  });
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
    plot.addEventListener(end, (event) => pinch.up(event));
  }
  plot.addEventListener("pointerleave", () => gestures.onHover(null));
  plot.addEventListener("wheel", (event) => onWheel(event, shareAt(event.clientX), plot, gestures), { passive: false });
  plot.addEventListener("keydown", (event) => onKey(event, gestures));
}

/** @param {WheelEvent} event @param {number} share @param {HTMLElement} plot @param {Gestures} gestures */
function onWheel(event, share, plot, gestures) {
  const unit_px = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? WHEEL_LINE_PX : 1;
  if (event.ctrlKey) {
    const factor = Math.exp(-event.deltaY * unit_px * WHEEL_ZOOM);
    gestures.onZoom(Math.min(MOST_WHEEL_ZOOM, Math.max(1 / MOST_WHEEL_ZOOM, factor)), share);
    event.preventDefault(); // or the browser zooms the page
    return;
  }
  const along = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
  if (Math.abs(along) < Math.abs(event.deltaY) && !event.shiftKey) return; // the page scrolls
  if (gestures.onPan((along * unit_px) / plot.clientWidth)) event.preventDefault();
}

/** @param {KeyboardEvent} event @param {Gestures} gestures */
function onKey(event, gestures) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const [step, zoom] = [KEY_STEPS.get(event.key), KEY_ZOOMS.get(event.key)];
  if (step === undefined && zoom === undefined) return;
  event.preventDefault();
  if (step !== undefined) gestures.onStep(step);
  if (zoom !== undefined) gestures.onKeyZoom(zoom);
}

/** Two fingers on the chart: what lies between them stays between them. */
class Pinch {
  constructor() {
    /** @type {Map<number, number>} x of each finger */
    this._fingers = new Map();
    this.was_on = false; // and not all fingers have left since: the last one is on its way
  }

  get is_on() {
    return this._fingers.size === 2;
  }

  /** @param {PointerEvent} event */
  down({ pointerId, clientX }) {
    if (this._fingers.size < 2) this._fingers.set(pointerId, clientX);
    this.was_on ||= this.is_on;
  }

  /** @param {PointerEvent} event */
  up({ pointerId }) {
    this._fingers.delete(pointerId);
    this.was_on &&= this._fingers.size > 0;
  }

  /**
   * @param {PointerEvent} event
   * @param {number} width_px
   * @param {(client_x: number) => number} shareAt
   * @param {Gestures} gestures
   */
  move({ pointerId, clientX }, width_px, shareAt, gestures) {
    if (!this._fingers.has(pointerId)) return;
    const before = this._span();
    this._fingers.set(pointerId, clientX);
    const after = this._span();
    gestures.onZoom(after.distance / before.distance, shareAt(before.middle));
    gestures.onPan((before.middle - after.middle) / width_px);
  }

  _span() {
    const [a, b] = this._fingers.values();
    return { middle: (a + b) / 2, distance: Math.max(8, Math.abs(a - b)) };
  }
}
