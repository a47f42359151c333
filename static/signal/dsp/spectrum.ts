/**
 * The mel powers of two frames at once, one in each lane: no lane ever looks at the other, so that a frame's numbers do
 * not depend on the frame beside it.
 *
 * Method: the n real samples of a frame are taken as `half` = n / 2 complex ones, transformed by decimation in time
 * (radix 4, with one stage of radix 2 where the length asks for it), and the spectra of the even and odd samples told
 * apart again by symmetry (Press et al., "Numerical Recipes", ch. 12).
 */

import { at, im, put, re, SIZE, turnedIm, turnedRe } from "./complex";

/**
 * Frames a and b, float32 [2 * half] each, times the window, float64 [2 * half], as complex z [half].
 * reversed: int32 [half], where each of them goes.
 */
export function windowed(a: usize, b: usize, window: usize, reversed: usize, half: i32, z: usize): void {
  for (let i = 0; i < half; i += 1) {
    const weights = v128.load(window + (<usize>i << 4));
    const of_a = f64x2.mul(weights, f64x2.promote_low_f32x4(v128.load_zero<f64>(a + (<usize>i << 3))));
    const of_b = f64x2.mul(weights, f64x2.promote_low_f32x4(v128.load_zero<f64>(b + (<usize>i << 3))));
    const even = v128.shuffle<f64>(of_a, of_b, 0, 2);
    const odd = v128.shuffle<f64>(of_a, of_b, 1, 3);
    put(at(z, load<i32>(reversed + (<usize>i << 2))), even, odd);
  }
}

/**
 * The Fourier transform of z [half] (in the order of reversed bits), in place. half: a power of two.
 * turns: float64 (cos, sin) [3] of the angle, of twice and of three times it, for each angle of each stage of radix 4.
 */
export function transform(z: usize, half: i32, turns: usize): void {
  let size = 1;
  if (ctz(half) & 1) {
    joinPairs(z, half);
    size = 2;
  }
  for (; size < half; size *= 4) {
    joinFours(z, half, size, turns);
    turns += <usize>size * 48;
  }
}

/** Neighbours become transforms of length 2. */
function joinPairs(z: usize, half: i32): void {
  const end = at(z, half);
  for (let z0 = z; z0 < end; z0 += 2 * SIZE) {
    const z1 = z0 + SIZE;
    const re0 = re(z0), im0 = im(z0), re1 = re(z1), im1 = im(z1);
    put(z0, f64x2.add(re0, re1), f64x2.add(im0, im1));
    put(z1, f64x2.sub(re0, re1), f64x2.sub(im0, im1));
  }
}

/** Transforms of length `size` become ones of length 4 * size, whose angles are 2 π k / (4 * size). */
function joinFours(z: usize, half: i32, size: i32, turns: usize): void {
  const end = at(z, half), quarter = <usize>size * SIZE;
  for (let group = z; group < end; group += 4 * quarter) {
    let turn = turns;
    for (let z0 = group; z0 < group + quarter; z0 += SIZE, turn += 48) joinFour(z0, quarter, turn);
  }
}

/** One butterfly. Bits are reversed: the transform of samples 4 j + 2 lies before that of samples 4 j + 1. */
// @ts-ignore: decorator
@inline
function joinFour(z0: usize, quarter: usize, turn: usize): void {
  const z2 = z0 + quarter, z1 = z2 + quarter, z3 = z1 + quarter;
  const re0 = re(z0), im0 = im(z0);
  const re1 = turnedRe(re(z1), im(z1), turn), im1 = turnedIm(re(z1), im(z1), turn);
  const re2 = turnedRe(re(z2), im(z2), turn + 16), im2 = turnedIm(re(z2), im(z2), turn + 16);
  const re3 = turnedRe(re(z3), im(z3), turn + 32), im3 = turnedIm(re(z3), im(z3), turn + 32);
  const re02 = f64x2.add(re0, re2), im02 = f64x2.add(im0, im2);
  const re13 = f64x2.add(re1, re3), im13 = f64x2.add(im1, im3);
  put(z0, f64x2.add(re02, re13), f64x2.add(im02, im13));
  put(z1, f64x2.sub(re02, re13), f64x2.sub(im02, im13));
  const re0_2 = f64x2.sub(re0, re2), im0_2 = f64x2.sub(im0, im2);
  const re1_3 = f64x2.sub(re1, re3), im1_3 = f64x2.sub(im1, im3);
  put(z2, f64x2.add(re0_2, im1_3), f64x2.sub(im0_2, re1_3));
  put(z3, f64x2.sub(re0_2, im1_3), f64x2.add(im0_2, re1_3));
}

/**
 * The power spectrum of the real frames, pairs [half + 1], from the transform z [half].
 * turns: float64 (cos, sin) [half / 2 + 1] of the angles 2 π k / (2 * half).
 */
export function power(z: usize, half: i32, turns: usize, output: usize): void {
  const dc = f64x2.add(re(z), im(z)), nyquist = f64x2.sub(re(z), im(z));
  v128.store(output, f64x2.mul(dc, dc));
  v128.store(output + (<usize>half << 4), f64x2.mul(nyquist, nyquist));
  for (let k = 1; k <= half >> 1; k += 1) {
    const low = at(z, k), high = at(z, half - k), turn = turns + (<usize>k << 4);
    const even_re = f64x2.add(re(low), re(high)), even_im = f64x2.sub(im(low), im(high)); // twice the even samples'
    const odd_re = f64x2.add(im(low), im(high)), odd_im = f64x2.sub(re(high), re(low));
    const turned_re = turnedRe(odd_re, odd_im, turn), turned_im = turnedIm(odd_re, odd_im, turn);
    storePower(output + (<usize>k << 4), f64x2.add(even_re, turned_re), f64x2.add(even_im, turned_im));
    storePower(output + (<usize>(half - k) << 4), f64x2.sub(even_re, turned_re), f64x2.sub(even_im, turned_im));
  }
}

/** Of a number that is twice the spectrum's. */
// @ts-ignore: decorator
@inline
function storePower(output: usize, re: v128, im: v128): void {
  v128.store(output, f64x2.mul(f64x2.splat(0.25), f64x2.add(f64x2.mul(re, re), f64x2.mul(im, im))));
}

/**
 * Pairs [n_bands]: band i weighs the power spectrum's bins from first[i] on with weights[offset[i] ... offset[i + 1]).
 * first: int32 [n_bands], offset: int32 [n_bands + 1], weights: float64.
 */
export function weigh(power: usize, first: usize, offset: usize, weights: usize, n_bands: i32, output: usize): void {
  for (let band = 0; band < n_bands; band += 1) {
    const here = <usize>band << 2;
    const end = weights + (<usize>load<i32>(offset + here, 4) << 3);
    let weight = weights + (<usize>load<i32>(offset + here) << 3);
    let bin = power + (<usize>load<i32>(first + here) << 4);
    let sum = f64x2.splat(0);
    for (; weight < end; weight += 8, bin += 16) {
      sum = f64x2.add(sum, f64x2.mul(v128.load(bin), v128.load_splat<f64>(weight)));
    }
    v128.store(output + (<usize>band << 4), sum);
  }
}
