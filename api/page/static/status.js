/** The status line: whether the service is ready, busy or away. */

import { byId } from './dom.js';
import { say } from './words.js';

const EVERY_MS = 10_000;
const SOON_MS = 2000; // while something is on its way, or wrong

/** How many jobs wait for a worker; null: not known. @type {number|null} */
let waiting = null;
let hurried = () => false;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let timer;

/** @returns {number|null} how many jobs waited when the service was last asked */
export function waitingJobs() {
  return waiting;
}

/**
 * Keeps the line up to date, while the page is seen.
 *
 * @param {{isHurried: () => boolean}} options isHurried: whether somebody waits for a job
 */
export function mountStatus({ isHurried }) {
  hurried = isHurried;
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) look();
  });
  look();
}

/** Looks now. */
export async function look() {
  clearTimeout(timer);
  const kind = await ask();
  const soon = kind === 'away' || kind === 'notReady' || hurried();
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(look, soon ? SOON_MS : EVERY_MS);
}

async function ask() {
  const line = byId('status');
  let kind = 'away';
  waiting = null;
  try {
    const response = await fetch('v1/health/ready', { cache: 'no-store' });
    const { ready, waiting_jobs: count } = await response.json();
    kind = !ready ? 'notReady' : count > 0 ? 'busy' : 'ready';
    waiting = count;
  } catch {
    // No answer, or not the service's.
  }
  if (line.dataset.kind !== kind || kind === 'busy') {
    line.dataset.kind = kind;
    say(line.firstElementChild, `status.${kind}`, kind === 'busy' ? { count: waiting } : {});
  }
  document.dispatchEvent(new CustomEvent('statuschange'));
  return kind;
}
