/** Where mel bands lie on the scale of frequencies. Pure. */

/**
 * @param {Float32Array} mel_filters [n_mels, n_fft / 2 + 1]
 * @param {Pick<import("../contract.js").SignalChain, "n_mels" | "n_fft" | "sample_rate_hz">} chain
 * @returns {number[]} [n_mels], Hz: the middle of what each band hears
 */
export function bandCentres(mel_filters, { n_mels, n_fft, sample_rate_hz }) {
  const n_bins = mel_filters.length / n_mels;
  return Array.from({ length: n_mels }, (_, band) => {
    const weights = mel_filters.subarray(band * n_bins, (band + 1) * n_bins);
    const sum = weights.reduce((a, b) => a + b, 0);
    const moment = weights.reduce((total, weight, bin) => total + weight * bin, 0);
    return ((moment / sum) * sample_rate_hz) / n_fft;
  });
}

/** Like 80, 250 or 1,200 Hz: nobody hears more digits. @param {number} hz */
export const roundHz = (hz) => Number(hz.toPrecision(hz < 1000 ? 1 : 2)) || 0;

/**
 * @param {number[]} centres [n_mels], rising
 * @param {number} hz
 * @returns {number} where it lies between them, 0 at the lowest one's lower edge, n_mels at the highest one's upper one
 */
export function placeOf(centres, hz) {
  const above = centres.findIndex((centre) => centre > hz);
  if (above < 0) return centres.length;
  if (above === 0) return 0;
  return above - 0.5 + (hz - centres[above - 1]) / (centres[above] - centres[above - 1]);
}
