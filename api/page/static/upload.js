/** Sending one recording. By XMLHttpRequest: fetch does not tell how much of a body has gone. */

import { Away, Problem } from './api.js';
import { authorization } from './key.js';

/**
 * Sends a recording, once.
 *
 * @param {Blob} blob
 * @param {{idempotencyKey: string, signal: AbortSignal, onProgress: (share: number) => void}} options
 *   onProgress is told the share of the bytes that have gone, 0 to 1
 * @returns {Promise<any>} the job
 * @throws {Problem|Away} or an AbortError
 */
export function upload(blob, { idempotencyKey, signal, onProgress }) {
  const form = new FormData();
  form.append('file', blob, 'recording'); // the name that people give it stays here
  form.append('pictures', 'true');
  return new Promise((resolve, reject) => {
    const http = new XMLHttpRequest();
    http.open('POST', 'v1/jobs');
    http.setRequestHeader('Idempotency-Key', idempotencyKey);
    for (const [name, value] of Object.entries(authorization())) {
      http.setRequestHeader(name, value);
    }
    http.responseType = 'json';
    http.upload.addEventListener('progress', (event) => onProgress(event.loaded / event.total));
    http.addEventListener('load', () => {
      if (http.status < 300) resolve(http.response);
      else reject(new Problem(http.status, http.response, http.getResponseHeader('Retry-After')));
    });
    http.addEventListener('error', () => reject(new Away()));
    const abort = () => {
      http.abort();
      reject(signal.reason);
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    http.addEventListener('loadend', () => signal.removeEventListener('abort', abort));
    http.send(form);
  });
}
