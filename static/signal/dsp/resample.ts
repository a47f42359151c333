/** Mono and the change of sample rate. Pointers are byte addresses of arrays in the memory that JavaScript gives. */

/**
 * Adds a channel to the sums of all: float32 [n] to float64 [n], with room for one more each (n may be odd).
 * What is no number, or infinite, counts as silence.
 */
export function addChannel(channel: usize, n: i32, sums: usize): void {
  const end = sums + (<usize>n << 3);
  for (; sums < end; sums += 16, channel += 8) {
    const samples = f64x2.promote_low_f32x4(v128.load_zero<f64>(channel));
    const nothing = f64x2.sub(samples, samples); // 0, or no number
    const finite = v128.and(samples, f64x2.eq(nothing, nothing));
    v128.store(sums, f64x2.add(v128.load(sums), finite));
  }
}

/** Sums float64 [n] (with room for one more) times `share`, rounded to float32 as the server's mono is. */
export function scaleToMono(sums: usize, n: i32, share: f64): void {
  const end = sums + (<usize>n << 3);
  const shares = f64x2.splat(share);
  for (; sums < end; sums += 16) {
    const mean = f32x4.demote_f64x2_zero(f64x2.mul(v128.load(sums), shares));
    v128.store(sums, f64x2.promote_low_f32x4(mean));
  }
}

/**
 * The next outputs, float32 [n_outputs], of input float64 from the first output's first tap on.
 * taps: float64 [up, n_taps], n_taps odd. phase: how far the first output lies past its filter's middle tap, in 1 / up
 * input samples.
 */
export function resample(
  input: usize, up: i32, down: i32, phase: i32, taps: usize, n_taps: i32, output: usize, n_outputs: i32,
): void {
  const n_phases = min(up, n_outputs);
  for (let m = 0; m < n_phases; m += 1) {
    const ahead = <u64>phase + <u64>m * <u64>down;
    const here = input + (<usize>(ahead / <u64>up) << 3);
    const row = taps + ((<usize>(ahead % <u64>up) * <usize>n_taps) << 3);
    const n = (n_outputs - 1 - m) / up + 1;
    filterEvery(here, <usize>down << 3, row, n_taps, output + (<usize>m << 2), <usize>up << 2, n);
  }
}

// @ts-ignore: decorator
@inline
function firstProduct(input: usize, taps: usize): v128 {
  return f64x2.mul(v128.load_zero<f64>(input), v128.load_zero<f64>(taps));
}

// @ts-ignore: decorator
@inline
function plusProducts(sums: v128, input: usize, taps: v128): v128 {
  return f64x2.add(sums, f64x2.mul(v128.load(input), taps));
}

// @ts-ignore: decorator
@inline
function storeSum(output: usize, sums: v128): void {
  store<f32>(output, <f32>(f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)));
}

/**
 * All n outputs of one phase: their taps are the same, their inputs lie input_step bytes apart. Four at a time, so that
 * taps are fetched once for all of them; each sum is the same either way: the first tap, then pairs of taps.
 */
function filterEvery(
  input: usize, input_step: usize, taps: usize, n_taps: i32, output: usize, output_step: usize, n: i32,
): void {
  const n_bytes = <usize>n_taps << 3;
  for (; n >= 4; n -= 4, input += 4 * input_step, output += 4 * output_step) {
    const input1 = input + input_step, input2 = input1 + input_step, input3 = input2 + input_step;
    let sums0 = firstProduct(input, taps), sums1 = firstProduct(input1, taps);
    let sums2 = firstProduct(input2, taps), sums3 = firstProduct(input3, taps);
    for (let k: usize = 8; k < n_bytes; k += 16) {
      const pair = v128.load(taps + k);
      sums0 = plusProducts(sums0, input + k, pair);
      sums1 = plusProducts(sums1, input1 + k, pair);
      sums2 = plusProducts(sums2, input2 + k, pair);
      sums3 = plusProducts(sums3, input3 + k, pair);
    }
    storeSum(output, sums0);
    storeSum(output + output_step, sums1);
    storeSum(output + 2 * output_step, sums2);
    storeSum(output + 3 * output_step, sums3);
  }
  for (; n > 0; n -= 1, input += input_step, output += output_step) {
    let sums = firstProduct(input, taps);
    for (let k: usize = 8; k < n_bytes; k += 16) sums = plusProducts(sums, input + k, v128.load(taps + k));
    storeSum(output, sums);
  }
}
