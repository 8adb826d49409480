/** The cards of the models that the service has. */

import { request } from './api.js';

/** @type {Promise<any[]>|null} asked for once */
let cards = null;

/**
 * The card of one model.
 *
 * @param {string} reference `name@version`
 * @returns {Promise<any>} null: the service has none such
 */
export async function cardOf(reference) {
  cards ??= fetchCards();
  const found = await cards;
  return found.find((card) => referenceOf(card) === reference) ?? null;
}

/** @param {{name: string, version: string}} model @returns {string} `name@version` */
export function referenceOf({ name, version }) {
  return `${name}@${version}`;
}

async function fetchCards() {
  try {
    const response = await request('v1/models', { unasked: true });
    return (await response.json()).models;
  } catch (error) {
    cards = null; // the next one asks again
    throw error;
  }
}
