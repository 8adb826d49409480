/** The list of recordings on the screen, the newest on top. */

import { byId, make } from './dom.js';
import { createJobCard } from './job-card.js';
import { send } from './journey.js';
import { say } from './words.js';

/** @typedef {import('./recording.js').Recording} Recording */

/** @type {Map<Recording, {element: HTMLElement, destroy: () => void}>} */
const cards = new Map();

/** @returns {Recording[]} those on the screen */
export function listed() {
  return [...cards.keys()];
}

/** Puts one on top. @param {Recording} recording @returns {HTMLElement} its card */
export function add(recording) {
  const card = createJobCard(recording, { onErased: () => remove(recording) });
  cards.set(recording, card);
  byId('list').prepend(card.element);
  recording.addEventListener('change', showWhole);
  showWhole();
  return card.element;
}

/** Takes one away. @param {Recording} recording */
export function remove(recording) {
  const card = cards.get(recording);
  const focused = card?.element.contains(document.activeElement);
  card?.destroy();
  cards.delete(recording);
  recording.removeEventListener('change', showWhole);
  showWhole();
  if (focused) byId('recordings').focus(); // not lost to the top of the page
}

/** Lets all that are not sent yet be sent by one button. */
export function mountList() {
  byId('send-all').addEventListener('click', () => {
    for (const recording of drafts()) send(recording);
  });
  addEventListener('beforeunload', (event) => {
    const unsaved = ['draft', 'waiting', 'uploading'];
    if (listed().some(({ state }) => unsaved.includes(state))) event.preventDefault();
  });
  showWhole();
}

function drafts() {
  return listed().filter(({ state, blob }) => state === 'draft' && blob);
}

function showWhole() {
  byId('empty').hidden = cards.size > 0;
  const { length } = drafts();
  byId('send-all').hidden = length < 2;
  say(byId('send-all'), 'page.sendAll', { number: length });
}
