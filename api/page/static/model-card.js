/** A model's card, for people: a dialog with an address of its own, `#model=name@version`. */

import { byId, make } from './dom.js';
import { cardOf, referenceOf } from './models.js';
import { number } from './words.js';

const PREFIX = '#model=';

/** @param {{name: string, version: string}} model @returns {HTMLElement} a link to its card */
export function modelLink(model) {
  const reference = referenceOf(model);
  return make('a', { href: PREFIX + encodeURIComponent(reference) }, reference);
}

/** Opens and closes the dialog as the address says. */
export function mountModelCard() {
  const dialog = byId('model-dialog');
  byId('model-close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
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
  const reference = decodeURIComponent(location.hash.slice(PREFIX.length));
  byId('model-title').textContent = reference;
  const body = byId('model-body');
  body.replaceChildren(make('p', { words: 'model.loading' }));
  if (!dialog.open) dialog.showModal();
  try {
    const card = await cardOf(reference);
    body.replaceChildren(...(card ? parts(card) : [make('p', { words: 'model.missing' })]));
  } catch {
    body.replaceChildren(make('p', { words: 'model.failed' }));
  }
}

function parts(card) {
  const { evaluation, provenance } = card;
  return [
    make('p', { class: 'small', words: 'model.language' }),
    card.caveat && english('p', card.caveat, 'notice'),
    english('p', card.description),
    ...section('model.limits', list(card.limits)),
    ...section('model.notFor', list(card.not_for)),
    ...section('model.intended', list(card.intended_use)),
    ...section('model.figures', ...figures(evaluation)),
    ...section('model.data', list(provenance.data_sets.map((set) => `${set.name}. ${set.use}.`))),
    ...section('model.ethics', list(card.ethics)),
    ...section('model.licence', english('p', card.licence)),
    english('p', card.disclaimer, 'notice'),
  ].filter(Boolean);
}

function section(words, ...content) {
  const there = content.filter(Boolean);
  return there.length ? [make('h3', { words }), ...there] : [];
}

function list(lines) {
  if (!lines.length) return null;
  return make('ul', { lang: 'en' }, ...lines.map((line) => make('li', {}, line)));
}

function figures({ protocol, clips, sources, figures: measured }) {
  const rows = Object.entries(measured).map(([name, { value, low, high }]) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row', lang: 'en' }, name.replaceAll('_', ' ')),
      make('td', { words: ['model.number', { value: () => three(value) }] }),
      make('td', {
        words: ['model.range', { low: () => three(low), high: () => three(high) }],
      }),
    ),
  );
  const heads = ['model.figure', 'model.value', 'model.interval'];
  const head = make('tr', {}, ...heads.map((words) => make('th', { scope: 'col', words })));
  return [
    make('p', { words: ['model.measured', { clips, sources }] }),
    make('table', {}, make('thead', {}, head), make('tbody', {}, ...rows)),
    english('p', protocol, 'small'),
  ];
}

function three(value) {
  return number(value, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
}

function english(tag, words, name = null) {
  return make(tag, { lang: 'en', class: name }, words);
}
