/** The API key, where the service asks for one. It is kept for this tab only. */

import { byId } from './dom.js';
import { say } from './words.js';

const KEPT = 'cough.key';

/** @type {Promise<boolean>|null} one dialog for all who ask meanwhile */
let asking = null;
let declined = false;

/** @returns {Record<string, string>} what a request carries to show the key */
export function authorization() {
  const key = sessionStorage.getItem(KEPT);
  return key ? { Authorization: `Bearer ${key}` } : {};
}

/**
 * Asks for a key, after one was wanted and none or a wrong one was sent.
 *
 * @param {{unasked?: boolean}} [options] unasked: nobody did anything to call for it, so it is not
 *   asked a second time after it was declined
 * @returns {Promise<boolean>} whether there is one now
 */
export function askForKey({ unasked = false } = {}) {
  byId('key-open').hidden = false;
  if (unasked && declined && !asking) return Promise.resolve(false);
  asking ??= ask().finally(() => {
    asking = null;
  });
  return asking;
}

/** Lets the page's button open the dialog, once a key has to do with it. */
export function mountKey() {
  byId('key-open').hidden = !sessionStorage.getItem(KEPT);
  byId('key-open').addEventListener('click', async () => {
    if (await askForKey()) document.dispatchEvent(new CustomEvent('keychange'));
  });
  byId('key-cancel').addEventListener('click', () => byId('key-dialog').close(''));
  byId('key-forget').addEventListener('click', () => {
    sessionStorage.removeItem(KEPT);
    byId('key-dialog').close('');
  });
}

async function ask() {
  const dialog = byId('key-dialog');
  const input = byId('key-input');
  const had = sessionStorage.getItem(KEPT);
  say(byId('key-why'), had ? 'key.refused' : 'key.why');
  byId('key-forget').hidden = !had;
  input.value = '';
  dialog.returnValue = '';
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
  const given = dialog.returnValue === 'use' ? input.value.trim() : '';
  input.value = '';
  declined = !given;
  if (given) sessionStorage.setItem(KEPT, given);
  return Boolean(given);
}
