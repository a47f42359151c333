/** The minimum of a smooth convex function, by L-BFGS (Nocedal & Wright, "Numerical Optimization", 2006, ch. 7.2). */

/**
 * @typedef {(at: Float64Array, gradient: Float64Array) => number} Convex its value there; writes its gradient
 */

const MEMORY = 10; // steps that its idea of the curvature is made of
const MOST_STEPS = 2000;
/** A step is good enough that goes down by this share of what the slope promises (Armijo). */
const SUFFICIENT = 1e-4;
const SMALLEST_STEP = 1e-12;

// Plain loops: `reduce` and `map` of typed arrays take a hundred times as long in Chromium's engine.

/** @param {Float64Array} a @param {Float64Array} b */
function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i];
  return sum;
}

/** @param {Float64Array} a @param {number} factor @param {Float64Array} b @returns {Float64Array} a + factor * b */
function along(a, factor, b) {
  const sum = new Float64Array(a.length);
  for (let i = 0; i < a.length; i += 1) sum[i] = a[i] + factor * b[i];
  return sum;
}

/** @param {Float64Array} a @param {number} factor @returns {Float64Array} */
const times = (a, factor) => along(new Float64Array(a.length), factor, a);

/** @param {Float64Array} a */
function largest(a) {
  let most = 0;
  for (let i = 0; i < a.length; i += 1) most = Math.max(most, Math.abs(a[i]));
  return most;
}

/**
 * @param {Convex} f
 * @param {Float64Array} start
 * @param {number} tolerance of the gradient's largest part
 * @returns {Float64Array} where the minimum is
 */
export function minimise(f, start, tolerance) {
  let gradient = new Float64Array(start.length);
  let at = start;
  let value = f(at, gradient);
  /** @type {{s: Float64Array, y: Float64Array, rho: number}[]} steps and how they changed the gradient */
  const past = [];
  for (let n = 0; n < MOST_STEPS && largest(gradient) > tolerance; n += 1) {
    const way = direction(gradient, past);
    const slope = dot(way, gradient);
    const there = new Float64Array(start.length);
    let length = past.length === 0 ? Math.min(1, 1 / largest(gradient)) : 1;
    let next = along(at, length, way);
    let reached = f(next, there);
    for (; reached > value + SUFFICIENT * length * slope && length > SMALLEST_STEP; reached = f(next, there)) {
      length /= 2;
      next = along(at, length, way);
    }
    if (!(reached < value)) return at; // as near as the numbers' digits allow
    const [s, y] = [along(next, -1, at), along(there, -1, gradient)];
    const curvature = dot(s, y);
    if (curvature > 0) past.push({ s, y, rho: 1 / curvature });
    if (past.length > MEMORY) past.shift();
    [at, gradient, value] = [next, there, reached];
  }
  return at;
}

/**
 * @param {Float64Array} gradient
 * @param {{s: Float64Array, y: Float64Array, rho: number}[]} past
 * @returns {Float64Array} the way down, by what the last steps have shown of the curvature
 */
function direction(gradient, past) {
  let way = times(gradient, -1);
  const shares = past.map(() => 0);
  for (let i = past.length - 1; i >= 0; i -= 1) {
    shares[i] = past[i].rho * dot(past[i].s, way);
    way = along(way, -shares[i], past[i].y);
  }
  const last = past.at(-1);
  if (last) way = times(way, 1 / (last.rho * dot(last.y, last.y)));
  past.forEach(({ s, y, rho }, i) => (way = along(way, shares[i] - rho * dot(y, way), s)));
  return way;
}
