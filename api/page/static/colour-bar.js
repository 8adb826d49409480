/** Beside a picture: what its colours mean. */

import { axis } from './axis.js';
import { make } from './dom.js';
import { drawTintBar } from './overlay.js';
import { drawLevelBar } from './spectrogram.js';
import { evenTicks } from './ticks.js';
import { number } from './words.js';

const SIGNED = { maximumSignificantDigits: 2, signDisplay: 'exceptZero' };

/** @param {import('./spectrogram.js').Spectrogram} spectrogram @returns {HTMLElement} in dB */
export function levelBar(spectrogram) {
  const { lowest_db, highest_db } = spectrogram;
  const ticks = evenTicks(lowest_db, highest_db, 5);
  return bar('dB', drawLevelBar(spectrogram), ticks, (db) => number(db));
}

/** @param {import('./overlay.js').Overlay} overlay @returns {HTMLElement} of its tints */
export function tintBar(overlay) {
  const { isMap, limit } = overlay;
  if (!isMap) return bar('%/s', drawTintBar(overlay), evenTicks(0, limit, 5), (part) => number(part));
  const ticks = [-1, 0, 1].map((end) => ({ place: (end + 1) / 2, value: end * limit }));
  return bar('', drawTintBar(overlay), ticks, (part) => number(part, SIGNED));
}

function bar(unit, colours, ticks, format) {
  return make(
    'div',
    { class: 'bar', 'aria-hidden': 'true' },
    make('span', { class: 'unit' }, unit),
    colours,
    axis('y', ticks, format),
  );
}
