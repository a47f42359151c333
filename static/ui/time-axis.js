/** The time axis below the chart: as many labels as fit, at round times. */

import { clock } from "../messages.js";

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];
const LABEL_PX = 56;

/**
 * @param {number} span_s across the axis
 * @param {number} width_px
 * @param {number} [start_s] where the axis begins
 * @returns {number[]} seconds
 */
export function tickTimes(span_s, width_px, start_s = 0) {
  const fits = Math.max(1, Math.floor(width_px / LABEL_PX));
  const step_s = STEPS_S.find((step) => span_s / step <= fits) ?? STEPS_S[STEPS_S.length - 1];
  const first = Math.ceil(start_s / step_s);
  const n_ticks = Math.floor((start_s + span_s) / step_s) - first + 1;
  return Array.from({ length: Math.max(0, n_ticks) }, (_, i) => (first + i) * step_s);
}

/** @param {HTMLElement} axis @param {number} span_s @param {number} [start_s] */
export function drawTimeAxis(axis, span_s, start_s = 0) {
  const width_px = axis.clientWidth;
  const ticks = tickTimes(span_s, width_px, start_s).map((time_s) => {
    const at_px = (width_px * (time_s - start_s)) / span_s;
    const tick = document.createElement("span");
    tick.textContent = clock(time_s);
    tick.style.insetInlineStart = `${(100 * at_px) / width_px}%`;
    tick.classList.toggle("at-start", at_px === 0);
    return { tick, at_px };
  });
  // A label at either end would stick out; the one of the song's start is moved in.
  const fits = ticks.filter(({ at_px }) => at_px + LABEL_PX / 2 <= width_px && (at_px === 0 || at_px >= LABEL_PX / 2));
  axis.replaceChildren(...fits.map(({ tick }) => tick));
}
