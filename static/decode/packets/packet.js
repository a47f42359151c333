/**
 * Songs made of packets that decode one by one (of Ogg, FLAC, AAC): what their readers find. A link is a recording of
 * its own; a file may be a chain of them.
 *
 * @typedef {object} Link
 * @property {AudioDecoderConfig} config
 * @property {boolean} is_lapped whether each packet's sound overlaps with the one before: a decoder's first gives none
 * @property {boolean} [is_joinable] whether packets may be given to a decoder end to end, if it takes them so
 * @property {number} preroll_samples that a decoder has to hear before it is right
 * @property {number} first_sample of the recording itself, counted in samples a channel that a decoder puts out
 * @property {number} end_sample the one after its last; Infinity as long as that is not known
 *
 * @typedef {object} Packet
 * @property {Link} link
 * @property {Uint8Array} bytes
 * @property {number} n_samples a channel that it gives
 *
 * @typedef {object} PacketReader
 * @property {(block: Uint8Array) => Packet[]} push takes the file's next bytes, gives the packets that are now whole
 * @property {() => Packet[]} finish the file is over
 *
 * @typedef {object} PacketStream
 * @property {AsyncIterator<Packet[], void>} packets some at a time
 * @property {number} first_byte where they begin
 * @property {number} end_byte where they are at an end
 */

export {};
