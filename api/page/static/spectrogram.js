/** The spectrogram: how loud each frequency was at each time. */

import { magma } from './palette.js';
import { raster } from './raster.js';

/**
 * @typedef {{times_s: number[], bands_hz: number[], levels_db: number[][], lowest_db: number,
 *   highest_db: number}} Spectrogram as GET .../spectrogram.png gives it as JSON
 */

/** @param {Spectrogram} spectrogram @returns {HTMLCanvasElement} a pixel a cell */
export function drawSpectrogram({ levels_db, lowest_db, highest_db }) {
  const colours = magma(highest_db - lowest_db + 1);
  return raster(
    levels_db.length,
    levels_db[0].length,
    (column, band) => colours[levels_db[column][band] - lowest_db],
  );
}

/** @param {Spectrogram} spectrogram @returns {HTMLCanvasElement} its colours, quiet to loud */
export function drawLevelBar({ lowest_db, highest_db }) {
  const colours = magma(highest_db - lowest_db + 1);
  return raster(1, colours.length, (_, row) => colours[row]);
}
