/** Where axes have their ticks: the same rules as the PNGs' (worker/pictures/ticks.py). */

const FREQUENCIES_HZ = [0, 250, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000];
const CLOSEST = 0.07; // share of the axis: labels closer to each other would touch

/** @typedef {{place: number, value: number}} Tick place: 0 is the axis's beginning, 1 its end */

/**
 * Ticks at multiples of 1, 2 or 5 times a power of ten.
 *
 * @param {number} low
 * @param {number} high above low
 * @param {number} most at least 2
 * @returns {Tick[]}
 */
export function evenTicks(low, high, most) {
  const rough = (high - low) / (most - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((s) => s * power >= rough * (1 - 1e-9)) ?? 10) * power;
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i <= Math.floor(high / step + 1e-9); i += 1) {
    ticks.push({ place: (i * step - low) / (high - low), value: i * step + 0 }); // no minus zero
  }
  return ticks;
}

/** @param {number} highestHz @returns {Tick[]} octaves, on an axis from 0 that is even in mel */
export function frequencyTicks(highestHz) {
  /** @type {Tick[]} */
  const ticks = [];
  for (const value of FREQUENCIES_HZ) {
    const place = mel(value) / mel(highestHz);
    const last = ticks[ticks.length - 1];
    if (place <= 1 && (!last || place - last.place >= CLOSEST)) ticks.push({ place, value });
  }
  return ticks;
}

function mel(hz) {
  return 2595 * Math.log10(1 + hz / 700);
}
