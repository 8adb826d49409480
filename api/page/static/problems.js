/** What went wrong, in the page's language. */

import { Away } from './api.js';
import { LIMITS } from './limits.js';
import { has } from './words.js';

/**
 * @param {any} error a Problem, Away, or the error of a job
 * @returns {[string, Record<string, any>]} a key of words and its values
 */
export function problemWords(error) {
  const code = error instanceof Away ? 'away' : error.code;
  const key = `problem.${code}`;
  return [has(key) ? key : 'problem.unexpected', LIMITS];
}
