/** What the page says, in the language that was chosen: words, numbers, times. */

import en from './words-en.js';
import es from './words-es.js';

const CATALOGUES = { en, es };
const REMEMBERED = 'cough.language';
const ATTRIBUTES = ['aria-label', 'placeholder', 'title'];

/** @type {WeakMap<Element, Record<string, any>>} what each element's words are filled with */
const filled = new WeakMap();
let current = first();

/** The languages that there are, as BCP 47 tags. */
export const LANGUAGES = Object.keys(CATALOGUES);

/** @returns {string} the chosen one */
export function language() {
  return current;
}

/**
 * The words of a key, with `{name}` replaced by the value of that name, or by what it gives if it
 * is a function. A value `count` chooses between `key.one` and `key.other`.
 *
 * @param {string} key
 * @param {Record<string, any>} [values]
 */
export function t(key, values = {}) {
  const words = CATALOGUES[current];
  const exact = 'count' in values ? `${key}.${plural(values.count)}` : key;
  return (words[exact] ?? exact).replace(/\{(\w+)\}/g, (_, name) => shown(values[name]));
}

/** @returns {boolean} whether there are words of this key */
export function has(key) {
  return key in CATALOGUES[current];
}

/** Lets an element say something, now and after each change of language. */
export function say(element, key, values = {}, attribute = 'text') {
  element.setAttribute(`data-words-${attribute}`, key);
  filled.set(element, { ...filled.get(element), [attribute]: values });
  fill(element, attribute);
}

/** Lets all below `root` that has `data-words-...` say it in today's language. */
export function fillAll(root) {
  for (const attribute of ['text', ...ATTRIBUTES]) {
    for (const element of root.querySelectorAll(`[data-words-${attribute}]`)) {
      fill(element, attribute);
    }
  }
}

/** Chooses the language, and remembers it; without one, the page's first language is put on. */
export function setLanguage(chosen) {
  if (chosen) {
    current = chosen;
    localStorage.setItem(REMEMBERED, chosen);
  }
  document.documentElement.lang = current;
  document.title = t('page.title');
  fillAll(document);
  document.dispatchEvent(new CustomEvent('languagechange'));
}

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export function number(value, options) {
  return new Intl.NumberFormat(current, options).format(value);
}

/** @param {number} share 0 to 1 */
export function percent(share) {
  return number(share, { style: 'percent', maximumFractionDigits: 0 });
}

/** @param {number} value seconds */
export function seconds(value) {
  return t('page.seconds', { value: number(value, { maximumFractionDigits: value < 10 ? 1 : 0 }) });
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return number(bytes / 2 ** 20, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 });
}

/** @param {number} time milliseconds since 1970; today's without the date */
export function clock(time) {
  const today = new Date(time).toDateString() === new Date().toDateString();
  const style = today ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' };
  return new Intl.DateTimeFormat(current, style).format(time);
}

function first() {
  const remembered = localStorage.getItem(REMEMBERED);
  const wanted = [remembered, ...navigator.languages].map((tag) => tag?.slice(0, 2) ?? '');
  return wanted.find((tag) => tag in CATALOGUES) ?? 'en';
}

function plural(count) {
  return new Intl.PluralRules(current).select(count) === 'one' ? 'one' : 'other';
}

function shown(value) {
  if (typeof value === 'function') return value();
  return typeof value === 'number' ? number(value) : String(value);
}

function fill(element, attribute) {
  const key = element.getAttribute(`data-words-${attribute}`);
  const words = t(key, filled.get(element)?.[attribute]);
  if (attribute === 'text') {
    if (element.textContent !== words) element.textContent = words; // said once by live regions
  } else element.setAttribute(attribute, words);
}
