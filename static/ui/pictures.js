/** The pictures of genres over time that one can choose from, by name. */

import { paintHeatMap } from "./heat-map.js";
import { paintLanes } from "./lanes.js";
import { paintStackedArea } from "./stacked-area.js";

/** @type {Record<string, import("./columns.js").Painter>} */
export const PICTURES = { lanes: paintLanes, heat: paintHeatMap, stacked: paintStackedArea };
