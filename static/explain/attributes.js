/**
 * What a graph's file says of an operation, and which of it the rules of gradients.js follow. A rule that met another
 * attribute than it knows would give the gradient of another network, and nobody would notice.
 *
 * @typedef {Record<string, any>} Attributes of one operation; those that are left out have TensorFlow's defaults
 */

/** @param {any} attribute of numbers @returns {number[]} */
export const numbers = (attribute) => (attribute?.list?.i ?? []).map(Number);

/** @param {any} attribute @returns {string} */
export const text = (attribute) => atob(attribute?.s ?? "");

/** @param {Attributes} attr @returns {string[]} what is done within one operation after its convolution */
export const fusedOps = (attr) => (attr.fused_ops?.list?.s ?? []).map(atob);

/** What follows a convolution within one operation, with a slope that its result tells. */
export const ACTIVATIONS = ["Relu", "Relu6", "Sigmoid"];

/** @typedef {Record<string, (attr: Attributes) => boolean>} Followed by name: whether the rule follows what it says */

/** @param {number[]} found @returns {boolean} none of songs side by side, none of channels */
const isOfPlaces = (found) => found.length === 4 && found[0] === 1 && found[3] === 1;

/** @type {Followed} */
const PLACES = {
  data_format: (attr) => ["", "NHWC"].includes(text(attr.data_format)),
  strides: ({ strides }) => isOfPlaces(numbers(strides)),
};

/** @type {Followed} */
const CONVOLUTION = {
  ...PLACES,
  dilations: ({ dilations }) => numbers(dilations).every((n) => n === 1),
  padding: ({ padding }) => ["VALID", "SAME", "EXPLICIT"].includes(text(padding)),
  explicit_paddings: ({ explicit_paddings }) => {
    return numbers(explicit_paddings).every((n, i) => n === 0 || (i >= 2 && i < 6));
  },
  fused_ops: (attr) => {
    const [bias, ...activations] = fusedOps(attr);
    return bias === "BiasAdd" && activations.length < 2 && activations.every((name) => ACTIVATIONS.includes(name));
  },
};

/** @param {Attributes} attr of windows side by side @returns {boolean} */
const isSideBySide = ({ strides, ksize }) => String(numbers(strides)) === String(numbers(ksize));

/** @type {Followed} */
const MAXIMUM = {
  ...PLACES,
  ksize: ({ ksize }) => isOfPlaces(numbers(ksize)),
  padding: ({ padding }) => text(padding) === "VALID",
  strides: isSideBySide,
};

/** Or of a window around each place. @type {Followed} */
const MEAN = {
  ...MAXIMUM,
  ksize: ({ padding, ksize }) => {
    return isOfPlaces(numbers(ksize)) && (text(padding) !== "SAME" || numbers(ksize).every((n) => n % 2 === 1));
  },
  padding: ({ padding }) => ["VALID", "SAME"].includes(text(padding)),
  strides: (attr) => (text(attr.padding) === "SAME" ? numbers(attr.strides).every((n) => n === 1) : isSideBySide(attr)),
};

/** @type {Record<string, Followed>} by operation; what is said of others changes nothing */
const FOLLOWED = {
  _FusedConv2D: CONVOLUTION,
  FusedDepthwiseConv2dNative: CONVOLUTION,
  AvgPool: MEAN,
  MaxPool: MAXIMUM,
};

/**
 * @param {string} op
 * @param {Attributes} attr
 * @returns {string | null} the first attribute that no rule follows
 */
export function notFollowed(op, attr) {
  const of_op = Object.entries(FOLLOWED[op] ?? {});
  return of_op.find(([, isFollowed]) => !isFollowed(attr))?.[0] ?? null;
}
