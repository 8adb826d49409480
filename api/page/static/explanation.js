/** What the answer rests on, over the spectrogram, where it is switched on. */

import { tintBar } from './colour-bar.js';
import { make } from './dom.js';
import { drawOverlay } from './overlay.js';
import { number, say } from './words.js';

const SIGNED = { maximumSignificantDigits: 2, signDisplay: 'exceptZero' };

/**
 * @param {import('./spectrogram.js').Spectrogram} spectrogram
 * @param {import('./overlay.js').Overlay} overlay
 * @param {(shown: boolean) => void} onSwitch
 * @returns {{picture: HTMLCanvasElement, bar: HTMLElement, control: HTMLElement, legend: HTMLElement}}
 */
export function createExplanation(spectrogram, overlay, onSwitch) {
  const picture = drawOverlay(spectrogram, overlay);
  const bar = tintBar(overlay);
  const legend = make('p', { class: 'legend' }, ...meaning(overlay));
  const shown = (on) => {
    picture.hidden = bar.hidden = legend.hidden = !on;
    onSwitch(on);
  };
  const box = make('input', {
    type: 'checkbox',
    role: 'switch',
    on: { change: (event) => shown(event.target.checked) },
  });
  const control = make('label', { class: 'switch' }, box, make('span', { words: 'sound.explain' }));
  shown(false);
  return { picture, bar, control, legend };
}

/** @param {import('./overlay.js').Overlay} overlay @param {number} column @param {number} band */
export function sayEvidence(overlay, column, band) {
  return number(overlay.at(column, band), overlay.isMap ? SIGNED : { maximumSignificantDigits: 2 });
}

function meaning({ isMap, beyond }) {
  if (!isMap) return [make('span', { words: 'sound.legend.attention' })];
  const key = (name) =>
    make('span', { class: `key key-${name}` }, make('span', { words: `sound.legend.${name}` }));
  const silence = make('span');
  if (beyond) say(silence, 'sound.legend.beyond', { part: () => number(beyond, SIGNED) });
  return [key('for'), key('against'), make('span', { words: 'sound.legend.light' }), silence];
}
