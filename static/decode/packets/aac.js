/** AAC: what its configuration says (AudioSpecificConfig, ISO 14496-3, 1.6.2.1), and how to start in its middle. */

/**
 * @typedef {object} AacConfig
 * @property {Uint8Array} bytes the AudioSpecificConfig
 * @property {number} object_type 2: low complexity; 5: with spectral band replication; 29: and parametric stereo
 * @property {number} sample_rate_hz that comes out
 * @property {number} n_channels that come out; 0: as it says in another place
 * @property {number} n_samples a channel that a packet gives
 */

export const AAC_RATES_HZ = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];
const [LOW_COMPLEXITY, REPLICATION, PARAMETRIC_STEREO] = [2, 5, 29];
/** Channels by configuration. */
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8];
const EXTENSION_MARK = 0x2b7;

/** Reads numbers of any number of bits. */
class Bits {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this._bytes = bytes;
    this._at = 0;
  }

  /** @param {number} n @returns {number} 0s behind the end */
  take(n) {
    let value = 0;
    for (; n > 0; n -= 1, this._at += 1) {
      value = value * 2 + ((this._bytes[this._at >> 3] >> (7 - (this._at & 7))) & 1);
    }
    return value;
  }

  takeType() {
    const type = this.take(5);
    return type === 31 ? 32 + this.take(6) : type;
  }

  takeRate() {
    const index = this.take(4);
    return index === 15 ? this.take(24) : (AAC_RATES_HZ[index] ?? 0);
  }
}

/** @param {Uint8Array} bytes an AudioSpecificConfig @returns {AacConfig} */
export function readAacConfig(bytes) {
  const bits = new Bits(bytes);
  const object_type = bits.takeType();
  const core_rate_hz = bits.takeRate();
  const n_channels = CHANNELS[bits.take(4)] ?? 0;
  if (object_type === REPLICATION || object_type === PARAMETRIC_STEREO) {
    const rate_hz = bits.takeRate();
    bits.takeType();
    return configOf(bytes, object_type, core_rate_hz, rate_hz, n_channels, bits.take(1) === 1);
  }
  const is_short = bits.take(1) === 1;
  bits.take(2);
  const is_extended = bits.take(11) === EXTENSION_MARK && bits.takeType() === REPLICATION && bits.take(1) === 1;
  if (is_extended) return configOf(bytes, REPLICATION, core_rate_hz, bits.takeRate(), n_channels, is_short);
  return configOf(bytes, object_type, core_rate_hz, core_rate_hz, n_channels, is_short);
}

/**
 * @param {Uint8Array} bytes
 * @param {number} object_type
 * @param {number} core_rate_hz that is written
 * @param {number} sample_rate_hz that comes out
 * @param {number} core_channels
 * @param {boolean} is_short whether packets give 960 samples, as in digital radio, and not 1024
 * @returns {AacConfig}
 */
function configOf(bytes, object_type, core_rate_hz, sample_rate_hz, core_channels, is_short) {
  const n_samples = ((is_short ? 960 : 1024) * sample_rate_hz) / core_rate_hz;
  const n_channels = object_type === PARAMETRIC_STEREO ? 2 : core_channels;
  return { bytes, object_type, sample_rate_hz, n_channels, n_samples };
}

/**
 * A file need not say that its sound is replicated: decoders find out. What may come out of it then.
 * @param {AacConfig} config as it says
 * @returns {AacConfig[]} the likeliest first
 */
export function whatMayComeOut(config) {
  const { object_type, sample_rate_hz, n_samples, n_channels } = config;
  if (object_type === REPLICATION) return n_channels === 1 ? [config, { ...config, n_channels: 2 }] : [config];
  if (object_type !== LOW_COMPLEXITY || sample_rate_hz > 48000) return [config];
  const doubled = { ...config, sample_rate_hz: 2 * sample_rate_hz, n_samples: 2 * n_samples };
  return [config, doubled, ...(n_channels === 1 ? [{ ...doubled, n_channels: 2 }] : [])];
}

/**
 * Before it is right, a decoder that starts in the middle needs the packet before, whose second half overlaps with the
 * first of the next; one more costs little. With replication it also needs the last of the headers that the encoder
 * writes every now and then, mostly twice a second.
 */
const PREROLL_PACKETS = 2;
const REPLICATION_PREROLL_S = 1;

/** Packets of AAC as WebCodecs takes them: without ADTS headers. */
export class Aac {
  is_lapped = false;
  is_joinable = true; // each packet says where it ends
  lead_samples = 0;

  /** @param {AacConfig} aac */
  constructor({ bytes, object_type, sample_rate_hz, n_channels, n_samples }) {
    const [sampleRate, numberOfChannels] = [sample_rate_hz, n_channels];
    /** @type {AudioDecoderConfig} */
    this.config = { codec: `mp4a.40.${object_type}`, sampleRate, numberOfChannels, description: bytes };
    this.preroll_samples =
      n_samples > 1024 ? REPLICATION_PREROLL_S * sample_rate_hz : PREROLL_PACKETS * n_samples;
    this._n_samples = n_samples;
  }

  /** @returns {number} samples a channel of any packet */
  samplesOf() {
    return this._n_samples;
  }
}
