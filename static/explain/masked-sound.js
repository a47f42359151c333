/**
 * A part of a sound, by time and frequency: its short-time Fourier transform times a mask, made sound again by weighted
 * overlap and add (Griffin & Lim, "Signal estimation from modified short-time Fourier transform", 1984): the sound
 * whose transform is the nearest to what the mask leaves. A mask of ones gives the sound itself.
 *
 * Conventions: the mask is of log-mel cells, [n_frames, n_mels], 0 to 1; frame k of it lies at samples
 * [k * hop_length, k * hop_length + n_fft).
 */

/** @typedef {import("../contract.js").SignalChain} SignalChain */

/** Transforms overlap by three quarters, so that a mask that changes is not heard as a beat. */
const OVERLAP = 4;

/**
 * The mel matrix turned round: each Fourier bin's gain is the mean of its bands', weighted as the bands weigh the bin.
 * Bins that no band hears are as the nearest one that some band does.
 * @param {Float32Array} mel_filters [n_mels, n_bins]
 * @param {number} n_mels
 * @returns {{band: number, share: number}[][]} [n_bins], shares of a bin add up to 1
 */
export function bandsOfBins(mel_filters, n_mels) {
  const n_bins = mel_filters.length / n_mels;
  const of_bins = Array.from({ length: n_bins }, (_, bin) => {
    const bands = Array.from({ length: n_mels }, (__, band) => ({ band, share: mel_filters[band * n_bins + bin] }));
    const heard = bands.filter(({ share }) => share > 0);
    const sum = heard.reduce((total, { share }) => total + share, 0);
    return heard.map(({ band, share }) => ({ band, share: share / sum }));
  });
  const first = of_bins.findIndex((bands) => bands.length > 0);
  let nearest = of_bins[Math.max(0, first)];
  return of_bins.map((bands) => (nearest = bands.length > 0 ? bands : nearest));
}

/** @param {number} n @returns {Float64Array} [n]: its square is Hann's window, whose copies add up to a constant */
const rootWindow = (n) => Float64Array.from({ length: n }, (_, i) => Math.sin((Math.PI * i) / n));

/** @param {Float32Array} samples */
const highest = (samples) => samples.reduce((top, sample) => Math.max(top, Math.abs(sample)), 0);

/**
 * A part of a sound can have higher peaks than the whole, of which others took some away.
 * @param {Float32Array} part @param {Float32Array} whole
 * @returns {Float32Array} the part, softer where it was louder than the whole
 */
export function noLouder(part, whole) {
  const gain = highest(whole) / highest(part);
  return gain < 1 ? part.map((sample) => sample * gain) : part;
}

export class MaskedSound {
  /**
   * @param {SignalChain} chain
   * @param {Float32Array} mel_filters [n_mels, n_fft / 2 + 1]
   * @param {import("../signal/dsp.js").Dsp} dsp
   */
  constructor(chain, mel_filters, dsp) {
    this._chain = chain;
    this._bins = bandsOfBins(mel_filters, chain.n_mels);
    this._fourier = dsp.fourier(chain.n_fft);
    this._window = rootWindow(chain.n_fft);
  }

  /**
   * @param {Float32Array} samples [n], at the model's rate: those of the mask's frames
   * @param {Float32Array} mask [n_frames, n_mels]
   * @returns {Float32Array} [n]
   */
  through(samples, mask) {
    const { n_fft: n } = this._chain;
    const hop = n / OVERLAP;
    const lead = n - hop; // so that the first sample, too, lies in as many transforms as all others
    const padded = new Float32Array(Math.ceil((samples.length + 2 * lead) / (2 * hop)) * 2 * hop + n);
    padded.set(samples, lead);
    const sums = new Float64Array(padded.length);
    for (let at = 0; at + hop + n <= padded.length; at += 2 * hop) {
      const [a, b] = [at, at + hop].map((from) => padded.subarray(from, from + n));
      const spectrum = this._fourier.forward(a, b, this._window);
      const [gains_a, gains_b] = [at, at + hop].map((from) => this._gains(mask, from - lead));
      const frames = this._fourier.backward(spectrum, gains_a, gains_b);
      for (let i = 0; i < n; i += 1) {
        sums[at + i] += frames[4 * i] * this._window[i];
        sums[at + hop + i] += frames[4 * i + 1] * this._window[i];
      }
    }
    const weight = OVERLAP / 2; // what the squared windows of one sample add up to
    return Float32Array.from({ length: samples.length }, (_, i) => sums[lead + i] / weight);
  }

  /**
   * @param {Float32Array} mask @param {number} first_sample of a transform
   * @returns {Float64Array} [n_bins], between the two frames of the mask that it lies between
   */
  _gains(mask, first_sample) {
    const { hop_length, n_mels } = this._chain;
    const last = mask.length / n_mels - 1;
    const place = Math.min(last, Math.max(0, first_sample / hop_length));
    const [before, after] = [Math.floor(place), Math.ceil(place)];
    const later = place - before;
    const bands = new Float64Array(n_mels);
    for (let band = 0; band < n_mels; band += 1) {
      bands[band] = mask[before * n_mels + band] * (1 - later) + mask[after * n_mels + band] * later;
    }
    return Float64Array.from(this._bins, (shares) => {
      return shares.reduce((sum, { band, share }) => sum + share * bands[band], 0);
    });
  }
}
