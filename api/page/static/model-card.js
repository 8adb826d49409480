/** A model's card, for people: a dialog with an address of its own, `#model=name@version`. */

import { byId, make } from './dom.js';
import { cardOf, referenceOf } from './models.js';
import { number } from './words.js';

const PREFIX = '#model=';
const PARTS = ['caveat', 'description', 'limits', 'not_for', 'intended_use', 'ethics', 'licence'];

/** @param {{name: string, version: string}} model @returns {HTMLElement} a link to its card */
export function modelLink(model) {
  const reference = referenceOf(model);
  return make('a', { href: PREFIX + reference }, reference);
}

/** Opens and closes the dialog as the address says. */
export function mountModelCard() {
  const dialog = byId('model-dialog');
  byId('model-close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  dialog.addEventListener('close', () => {
    if (location.hash.startsWith(PREFIX)) history.replaceState(null, '', location.pathname);
  });
  addEventListener('hashchange', openAsAddressed);
  openAsAddressed();
}

async function openAsAddressed() {
  const dialog = byId('model-dialog');
  if (!location.hash.startsWith(PREFIX)) {
    dialog.close();
    return;
  }
  const reference = location.hash.slice(PREFIX.length);
  const body = byId('model-body');
  byId('model-title').textContent = reference;
  body.replaceChildren(make('p', { words: 'model.loading' }));
  if (!dialog.open) dialog.showModal();
  try {
    const card = await cardOf(reference);
    body.replaceChildren(...(card ? parts(card) : [make('p', { words: 'model.missing' })]));
  } catch {
    body.replaceChildren(make('p', { words: 'model.failed' }));
  }
}

/** Its headings are the names that the card gives its parts: all of it is in English. */
function parts(card) {
  const { figures, protocol } = card.evaluation;
  const sections = PARTS.filter((name) => card[name]?.length).flatMap((name) => [
    make('h3', {}, spaced(name)),
    Array.isArray(card[name]) ? list(card[name]) : make('p', {}, card[name]),
  ]);
  const measured = Object.entries(figures).map(
    ([name, { value, low, high }]) => `${spaced(name)}: ${three(value)} (${three(low)} – ${three(high)})`,
  );
  return [
    make('p', { class: 'small', words: 'model.language' }),
    make(
      'div',
      { lang: 'en' },
      make('p', { class: 'notice' }, card.disclaimer),
      ...sections,
      make('h3', {}, spaced('evaluation')),
      make('p', {}, protocol),
      list(measured),
    ),
  ];
}

function spaced(name) {
  return name[0].toUpperCase() + name.slice(1).replaceAll('_', ' ');
}

function list(lines) {
  return make('ul', {}, ...lines.map((line) => make('li', {}, line)));
}

function three(value) {
  return number(value, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
}
