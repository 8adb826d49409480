/** The explanation, laid over the spectrogram: a tint tells the evidence, its light the level. */

import { SHADES, TINTS, shaded, tints } from './palette.js';
import { raster } from './raster.js';

/** @typedef {import('./spectrogram.js').Spectrogram} Spectrogram */
/**
 * @typedef {{isMap: boolean, limit: number, at: (column: number, band: number) => number,
 *   beyond: number}} Overlay
 * isMap: parts of the logit, from -limit to limit, above 0 for `sick`; else the attention, percent
 * a second, from 0 to limit. beyond: of a map, the part that lies in the silence after the end, where
 * it matters, else 0.
 */

const MATTERS = 1 / 20; // of all that a map holds

/**
 * What the network made of each cell of a spectrogram.
 *
 * @param {Spectrogram} spectrogram
 * @param {any} explanation as GET .../explanation.png gives it as JSON
 * @returns {Overlay}
 */
export function overlayOf(spectrogram, explanation) {
  return explanation.map
    ? mapOverlay(spectrogram, explanation.map)
    : attentionOverlay(spectrogram, explanation.attention);
}

/** @param {Spectrogram} spectrogram @param {Overlay} overlay @returns {HTMLCanvasElement} */
export function drawOverlay({ levels_db, lowest_db, highest_db }, { at, isMap, limit }) {
  const colours = shaded(isMap);
  const lowest = isMap ? -limit : 0;
  const toTint = (TINTS - 1) / (limit - lowest);
  const toShade = (SHADES - 1) / (highest_db - lowest_db);
  return raster(levels_db.length, levels_db[0].length, (column, band) => {
    const tint = Math.round((at(column, band) - lowest) * toTint);
    const shade = Math.round((levels_db[column][band] - lowest_db) * toShade);
    return colours[tint * SHADES + shade];
  });
}

/** @param {Overlay} overlay @returns {HTMLCanvasElement} its tints, lowest to highest */
export function drawTintBar({ isMap }) {
  const colours = tints(isMap);
  return raster(1, colours.length, (_, row) => colours[row]);
}

function mapOverlay({ times_s, bands_hz }, map) {
  const columns = cells(times_s, map.times_s);
  const rows = map.bands_hz ? cells(bands_hz, map.bands_hz) : null;
  const sums = map.values.map((values) => values.reduce((sum, value) => sum + value, 0));
  const at = (column, band) => {
    const values = map.values[columns[column]];
    if (!values) return 0;
    return rows ? (values[rows[band]] ?? 0) : sums[columns[column]];
  };
  const end = times_s[times_s.length - 1];
  const beyond = sums.reduce((sum, part, i) => (map.times_s[i] >= end ? sum + part : sum), 0);
  const all = map.values.flat().reduce((sum, value) => sum + Math.abs(value), 0);
  const limit = largest(times_s, bands_hz, at);
  return { isMap: true, limit, at, beyond: Math.abs(beyond) > MATTERS * all ? beyond : 0 };
}

function attentionOverlay({ times_s, bands_hz }, { patches_s, shares }) {
  const density = middles(times_s).map((time) =>
    patches_s.reduce((sum, [begin, end], patch) => {
      const inside = begin <= time && time < end;
      return inside ? sum + (100 * shares[patch]) / (end - begin) : sum;
    }, 0),
  );
  const at = (column) => density[column];
  return { isMap: false, limit: largest(times_s, bands_hz, at), at, beyond: 0 };
}

/** In which cell, by its borders, the middle of each fine cell lies; -1 for none. */
function cells(fine, borders) {
  let cell = -1;
  return middles(fine).map((middle) => {
    while (cell < borders.length - 1 && borders[cell + 1] <= middle) cell += 1;
    return cell < borders.length - 1 ? cell : -1;
  });
}

function middles(borders) {
  return borders.slice(1).map((border, index) => (border + borders[index]) / 2);
}

function largest(times_s, bands_hz, at) {
  let found = 0;
  for (let column = 0; column < times_s.length - 1; column += 1) {
    for (let band = 0; band < bands_hz.length - 1; band += 1) {
      found = Math.max(found, Math.abs(at(column, band)));
    }
  }
  return found || 1;
}
