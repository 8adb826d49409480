/** Making elements. */

import { say } from './words.js';

/**
 * Makes an element.
 *
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `words`: its text, as a key or [key, values];
 *   `on`: listeners by event; what is a boolean is a property of the element; the others are
 *   attributes, a key of words where they are named in SPOKEN.
 * @param {...(Node|string|null|undefined)} children
 * @returns {any}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (name === 'words') say(element, ...[value].flat());
    else if (name === 'on') listen(element, value);
    else if (typeof value === 'boolean') element[name] = value;
    else if (name === 'label') say(element, value, {}, 'aria-label');
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A button that does one thing. */
export function button(words, act, attributes = {}) {
  return make('button', { type: 'button', words, on: { click: act }, ...attributes });
}

/** @param {string} id @returns {any} the element of that id, which index.html has */
export function byId(id) {
  return document.getElementById(id);
}

/** Puts its text into a live region: a screen reader says it when it has time. */
export function announce(text) {
  byId('announcer').textContent = text;
}

document.addEventListener('languagechange', () => announce('')); // it was said in the other

function listen(element, listeners) {
  for (const [event, act] of Object.entries(listeners)) element.addEventListener(event, act);
}
