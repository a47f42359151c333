/** Complex numbers of two frames at once: float64 (re, re, im, im), the first frame in the first lane of each pair. */

export const SIZE: usize = 32; // bytes
const IM: usize = 16;

// @ts-ignore: decorator
@inline
export function at(z: usize, i: i32): usize {
  return z + <usize>i * SIZE;
}

// @ts-ignore: decorator
@inline
export function re(z: usize): v128 {
  return v128.load(z);
}

// @ts-ignore: decorator
@inline
export function im(z: usize): v128 {
  return v128.load(z, IM);
}

// @ts-ignore: decorator
@inline
export function put(z: usize, re: v128, im: v128): void {
  v128.store(z, re);
  v128.store(z, im, IM);
}

/** The real part of (re + i im) e^(-i angle), `turn` being the angle's float64 (cos, sin). */
// @ts-ignore: decorator
@inline
export function turnedRe(re: v128, im: v128, turn: usize): v128 {
  return f64x2.add(f64x2.mul(v128.load_splat<f64>(turn), re), f64x2.mul(v128.load_splat<f64>(turn, 8), im));
}

// @ts-ignore: decorator
@inline
export function turnedIm(re: v128, im: v128, turn: usize): v128 {
  return f64x2.sub(f64x2.mul(v128.load_splat<f64>(turn), im), f64x2.mul(v128.load_splat<f64>(turn, 8), re));
}
