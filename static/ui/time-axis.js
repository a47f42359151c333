/** The time axis below the chart: as many labels as fit, at round times. */

import { clock } from "../messages.js";

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];
const LABEL_PX = 56;

/**
 * @param {number} duration_s
 * @param {number} width_px
 * @returns {number[]} seconds
 */
export function tickTimes(duration_s, width_px) {
  const fits = Math.max(1, Math.floor(width_px / LABEL_PX));
  const step_s = STEPS_S.find((step) => duration_s / step <= fits) ?? STEPS_S[STEPS_S.length - 1];
  return Array.from({ length: Math.floor(duration_s / step_s) + 1 }, (_, i) => i * step_s);
}

/** @param {HTMLElement} axis @param {number} duration_s */
export function drawTimeAxis(axis, duration_s) {
  const width_px = axis.clientWidth;
  const ticks = tickTimes(duration_s, width_px).map((time_s) => {
    const tick = document.createElement("span");
    tick.textContent = clock(time_s);
    tick.style.insetInlineStart = `${(100 * time_s) / duration_s}%`;
    return { tick, at_px: (width_px * time_s) / duration_s };
  });
  // A label at the very end would stick out.
  axis.replaceChildren(...ticks.filter(({ at_px }) => at_px + LABEL_PX / 2 <= width_px).map(({ tick }) => tick));
}
