/** What went wrong, in the page's language. */

import { Away } from './api.js';
import { LIMITS } from './limits.js';
import { has } from './words.js';

const BUSY = [429, 503];
const FINAL = [
  'unsupported_format',
  'payload_too_large',
  'empty_file',
  'corrupt_audio',
  'truncated_audio',
  'no_audio',
  'too_long',
];

/**
 * @param {any} error a Problem, Away, or the error of a job
 * @returns {[string, Record<string, any>]} a key of words and its values
 */
export function problemWords(error) {
  if (error instanceof Away) return ['problem.away', {}];
  const key = `problem.${BUSY.includes(error.status) ? 'busy' : error.code}`;
  return has(key) ? [key, LIMITS] : ['problem.other', { code: error.code }];
}

/** @param {any} error @returns {boolean} whether the same file would meet it again */
export function isFinal(error) {
  return FINAL.includes(error?.code);
}
