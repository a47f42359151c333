/** How the fragment of a page's address begins when it carries a chart. */

export const FRAGMENT_START = "#chart.";

/** @param {string} fragment with its # */
export const isChartLink = (fragment) => fragment.startsWith(FRAGMENT_START);
