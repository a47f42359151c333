/** Why a song on the page cannot be heard again by the network that listens now. */

import { originOf } from "../ui/told-analysis.js";

/**
 * @param {import("../ui/told-analysis.js").SongOnPage} song
 * @param {import("../ui/told-analysis.js").ToldAnalysis} analysis
 * @param {import("../engine/analyser-loader.js").Model} model that listens now
 * @returns {"server" | "session" | "link" | "other_model" | null} null where it can
 */
export function whyNoSound({ media }, analysis, { contract }) {
  const [origin, heard_by] = [originOf(analysis), analysis.model];
  if (origin === "server") return "server";
  if (!media) return origin === "here" ? "session" : "link";
  const is_the_same = heard_by.name === contract.name && heard_by.version === contract.version;
  return is_the_same ? null : "other_model";
}
