/** An axis's labels. They are text, not drawn: they follow the theme, the language and the zoom. */

import { make } from './dom.js';
import { say } from './words.js';

/**
 * @param {'x'|'y'} direction
 * @param {import('./ticks.js').Tick[]} ticks
 * @param {(value: number) => string} format
 * @returns {HTMLElement} not for screen readers: the picture's read-outs are
 */
export function axis(direction, ticks, format) {
  const labels = ticks.map(({ place, value }) => {
    const label = make('span');
    say(label, 'sound.tick', { value: () => format(value) });
    label.style[direction === 'x' ? 'left' : 'bottom'] = `${100 * place}%`;
    return label;
  });
  return make('div', { class: `axis axis-${direction}`, 'aria-hidden': 'true' }, ...labels);
}
