/** Asking the service: requests, its problems (RFC 9457), and following a job to its end. */

import { askForKey, authorization } from './key.js';

const ENDED = ['succeeded', 'failed', 'canceled'];
const PASSING = [408, 429, 502, 503, 504];
const FIRST_EVENT_MS = 4000;
const SILENCE_MS = 45_000; // the service sends a sign of life every 15 s
const LONGEST_PAUSE_S = 8;

/** The service refused. */
export class Problem extends Error {
  /** @param {number} status @param {any} body @param {string|null} retryAfter */
  constructor(status, body, retryAfter) {
    super(body?.detail ?? String(status));
    this.status = status;
    /** @type {string} */
    this.code = body?.code ?? 'unexpected';
    this.detail = body?.detail ?? '';
    this.retryAfterS = Number(retryAfter) || 0;
  }

  /** Whether the same request may be taken later. */
  get passing() {
    return PASSING.includes(this.status) || this.code === 'idempotency_in_progress';
  }
}

/** The service did not answer. */
export class Away extends Error {}

/** Whether it is worth trying again by itself. */
function isPassing(error) {
  return error instanceof Away || (error instanceof Problem && error.passing);
}

/**
 * Sends one request, with the key; asks for one where it is wanted.
 *
 * @param {string} path such as `v1/jobs`
 * @param {RequestInit & {unasked?: boolean}} [options]
 * @returns {Promise<Response>} one that is ok
 * @throws {Problem|Away} or an AbortError
 */
export async function request(path, { unasked = false, headers = {}, ...options } = {}) {
  for (;;) {
    const response = await answer(path, {
      ...options,
      cache: 'no-store',
      headers: { ...headers, ...authorization() },
    });
    if (response.ok) return response;
    const body = await response.json().catch(() => null);
    const problem = new Problem(response.status, body, response.headers.get('Retry-After'));
    if (response.status !== 401 || !(await askForKey({ unasked }))) throw problem;
  }
}

/**
 * Follows a job to its end: by its event stream, and by polling where that does not get through.
 * A service that is away is asked again and again.
 *
 * @param {string} id
 * @param {{signal: AbortSignal, onChange: (job: any) => void, onAway: () => void}} options
 */
export async function followJob(id, { signal, onChange, onAway }) {
  let streams = true;
  let known = 0;
  let failures = 0;
  let ended = false;
  const tell = (job, version) => {
    failures = 0;
    ended = hasEnded(job);
    if (version <= known) return;
    known = version;
    onChange(job);
  };
  for (;;) {
    let pauseS = 0;
    try {
      if (streams) streams = await readStream(id, signal, tell);
      if (ended) return;
      const response = await request(`v1/jobs/${id}`, { signal, unasked: true });
      const job = await response.json();
      tell(job, Number(response.headers.get('ETag')?.replace(/\D/g, '')));
      if (ended) return;
      pauseS = streams ? 0.2 : Number(response.headers.get('Retry-After')) || 1;
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error;
      onAway();
      streams = true;
      pauseS = pauseAfter(failures++, error);
    }
    await pause(pauseS, signal);
  }
}

/**
 * Does something, again and again for as long as it fails in a way that passes.
 *
 * @template T
 * @param {() => Promise<T>} act
 * @param {{signal: AbortSignal, onFailure: (error: any) => void}} options
 * @returns {Promise<T>}
 */
export async function persist(act, { signal, onFailure }) {
  for (let failures = 0; ; failures += 1) {
    try {
      return await act();
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error;
      onFailure(error);
      await pause(pauseAfter(failures, error), signal);
    }
  }
}

/** @returns {number} seconds; longer after each failure, and no less than the service asks for */
function pauseAfter(failures, error) {
  return Math.max(error.retryAfterS ?? 0, Math.min(LONGEST_PAUSE_S, 0.5 * 2 ** failures));
}

/** Ends with an AbortError when the signal says so. */
function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const stopped = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stopped);
      resolve(undefined);
    }, seconds * 1000);
    if (signal.aborted) stopped();
    else signal.addEventListener('abort', stopped, { once: true });
  });
}

/** Not an EventSource: that could not send a key. Gives whether streams get through to here. */
async function readStream(id, signal, tell) {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  let heard = false;
  let timer = setTimeout(() => stop.abort(), FIRST_EVENT_MS);
  try {
    const path = `v1/jobs/${id}/events`;
    const response = await request(path, { signal: both, unasked: true });
    if (!response.headers.get('Content-Type')?.startsWith('text/event-stream')) return false;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return true; // it has ended, or the stream was cut: the caller looks which
      heard = true;
      clearTimeout(timer);
      timer = setTimeout(() => stop.abort(), SILENCE_MS);
      const events = (rest + value).split('\n\n');
      rest = events.pop() ?? '';
      const last = events.filter((event) => event.includes('\ndata: ')).pop();
      if (last) tell(...parseEvent(last));
    }
  } catch (error) {
    if (signal.aborted || error instanceof Problem) throw error;
    return heard; // if nothing came through, somebody on the way keeps streams back
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

/** @returns {[any, number]} the job and its version */
function parseEvent(event) {
  const lines = event.split('\n');
  const field = (name) => lines.find((line) => line.startsWith(name))?.slice(name.length) ?? '';
  return [JSON.parse(field('data: ')), Number(field('id: '))];
}

/** @param {{status: string}} job */
export function hasEnded(job) {
  return ENDED.includes(job.status);
}

async function answer(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Away();
  }
}
