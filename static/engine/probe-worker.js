/** The probe worker: answers one question about this computer's GPU, and is then ended. */

import { probe, survey } from "../network/probe.js";

/** @param {MessageEvent<import("../network/probe.js").Question | null>} event null asks only for what there is */
self.onmessage = async ({ data: question }) => {
  const found = await survey();
  self.postMessage(question ? await probe(question, found) : found);
};
