/** P(sick) on a line from 0 to 1, with the model's threshold and its band of doubt. */

import { make } from './dom.js';
import { number } from './words.js';

/**
 * @param {number} sick P(sick), 0 to 1
 * @param {any} card the model's; null while it is not known
 * @returns {HTMLElement}
 */
export function createScale(sick, card) {
  const value = () => two(sick);
  const threshold = () => two(card.threshold);
  const label = card ? ['answer.scale', { value, threshold }] : ['answer.scale.plain', { value }];
  const doubts = card?.doubts;
  const line = make(
    'div',
    { class: 'line', 'aria-hidden': 'true' },
    doubts && placed('doubt', doubts.uncertain_from, doubts.uncertain_to),
    placed('filled', 0, sick),
    card && placed('threshold', card.threshold),
    placed('dot', sick),
  );
  const ends = make(
    'div',
    { class: 'ends', 'aria-hidden': 'true' },
    make('span', { words: 'answer.scale.low' }),
    make('span', { words: 'answer.scale.high' }),
  );
  const legend = make('p', { class: 'small' }, make('span', { words: label }));
  if (doubts) legend.append(' ', make('span', { words: ['answer.doubt', doubtful(doubts)] }));
  return make('div', {}, line, ends, legend);
}

function placed(name, from, to = null) {
  const mark = make('span', { class: name });
  mark.style.left = `${from * 100}%`;
  if (to !== null) mark.style.width = `${(to - from) * 100}%`;
  return mark;
}

function doubtful({ uncertain_from: from, uncertain_to: to }) {
  return { from: () => two(from), to: () => two(to) };
}

function two(value) {
  return number(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
