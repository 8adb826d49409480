/** What this browser remembers of what it sent: job ids and names. Neither sound nor answer. */

import { Recording } from './recording.js';

const PREFIX = 'cough.job.'; // an entry each: two tabs never overwrite each other's
const REMEMBERED_MS = 7 * 24 * 3600 * 1000;

/** @param {Recording} recording one that the service has taken */
export function remember(recording) {
  const { name, at, durationS } = recording;
  localStorage.setItem(PREFIX + recording.jobId, JSON.stringify({ name, at, durationS }));
}

/** @param {Recording} recording */
export function forget(recording) {
  if (recording.jobId) localStorage.removeItem(PREFIX + recording.jobId);
}

/** @returns {Recording[]} those that were sent in the last week, the oldest first */
export function remembered() {
  const found = [];
  for (const key of Object.keys(localStorage)) {
    const recording = read(key);
    if (recording && Date.now() - recording.at < REMEMBERED_MS) found.push(recording);
    else if (recording) localStorage.removeItem(key);
  }
  return found.sort((one, other) => one.at - other.at);
}

/**
 * Tells what other tabs do to the list.
 *
 * @param {{onAdded: (recording: Recording) => void, onRemoved: (jobId: string) => void}} listener
 */
export function watch({ onAdded, onRemoved }) {
  addEventListener('storage', ({ key, oldValue, newValue }) => {
    if (!key?.startsWith(PREFIX)) return;
    const recording = read(key);
    if (newValue === null) onRemoved(key.slice(PREFIX.length));
    else if (oldValue === null && recording) onAdded(recording);
  });
}

function read(key) {
  if (!key.startsWith(PREFIX)) return null;
  try {
    const { name, at, durationS } = JSON.parse(localStorage.getItem(key) ?? '');
    return new Recording({ name, at, durationS, jobId: key.slice(PREFIX.length) });
  } catch {
    localStorage.removeItem(key); // not written by us
    return null;
  }
}
