/** An analysis as JSON: the answer of the server's /predict, so that a script cannot tell the two apart. */

/**
 * What /predict answers with: an analysis without what only the page knows of it.
 * @typedef {Omit<import("../engine/analyser.js").Analysis, "timings_ms" | "backend">} Prediction
 */

/** As Python writes a float: a strictly typed reader would take `1` for an integer. @param {number} number */
const float = (number) => (Number.isInteger(number) ? `${number}.0` : String(number));

/** @param {number[]} numbers */
const floats = (numbers) => `[${numbers.map(float).join(",")}]`;

/**
 * The server's keys, in its order.
 * @param {Prediction} analysis
 * @returns {string}
 */
export function analysisJson({ model, genres, duration_s, step_s, thresholds, probabilities, unsure, verdict }) {
  // JSON.stringify would move genres that are numbers, such as "1980", to the front.
  const shares = genres.map((genre) => `${JSON.stringify(genre)}:${float(verdict.probabilities[genre])}`);
  const heard = verdict.genres ? `"genres":${JSON.stringify(verdict.genres)},` : "";
  const song =
    `{"genre":${JSON.stringify(verdict.genre)},"confidence":${float(verdict.confidence)},` +
    `"unsure":${verdict.unsure},${heard}"probabilities":{${shares.join(",")}}}`;
  return (
    `{"model":${JSON.stringify({ name: model.name, version: model.version })},"genres":${JSON.stringify(genres)},` +
    `"duration_s":${float(duration_s)},"step_s":${float(step_s)},` +
    (thresholds ? `"multi_label":true,"thresholds":${floats(thresholds)},` : "") +
    `"probabilities":[${probabilities.map(floats).join(",")}],"unsure":${JSON.stringify(unsure)},"verdict":${song}}`
  );
}
