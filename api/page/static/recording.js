/** One recording, from the microphone or a file to its answer. */

/**
 * @typedef {'draft'|'waiting'|'uploading'|'asking'|'queued'|'running'|'succeeded'|'failed'
 *   |'canceled'|'refused'|'gone'} State
 * draft: not sent; waiting: for its turn, or for the service to be back; asking: what became of the
 * job is not known yet; queued to canceled: the job's; refused: the service did not take it; gone:
 * the service has no such job any more.
 */

export class Recording extends EventTarget {
  /**
   * @param {{name: string, at: number, blob?: Blob|null, durationS?: number|null,
   *   jobId?: string|null}} known at: when it was made or sent, milliseconds since 1970
   */
  constructor({ name, at, blob = null, durationS = null, jobId = null }) {
    super();
    this.name = name;
    this.at = at;
    this.blob = blob;
    this.durationS = durationS;
    this.jobId = jobId;
    /** @type {State} */
    this.state = jobId ? 'asking' : 'draft';
    /** Sending it again by this key never makes a second job. */
    this.idempotencyKey = newKey();
    this.progress = 0;
    /** Whether it waits for a service that does not answer. */
    this.away = false;
    this.canceling = false;
    /** @type {any} the job as the service last showed it */
    this.job = null;
    /** @type {any} a Problem or Away: what went wrong last */
    this.problem = null;
    this.stop = new AbortController();
  }

  /** Whether something is under way that can be canceled. */
  get travels() {
    return ['waiting', 'uploading', 'queued', 'running'].includes(this.state);
  }

  /** Whether it can be sent: it is here, and nothing has come of it yet. */
  get sendable() {
    return this.blob !== null && ['draft', 'failed', 'canceled', 'refused'].includes(this.state);
  }

  /** @param {Partial<Recording>} changes */
  change(changes) {
    Object.assign(this, changes);
    this.dispatchEvent(new CustomEvent('change'));
  }

  /** @returns {AbortSignal} of what begins now; what was under way ends */
  begin() {
    this.stop.abort();
    this.stop = new AbortController();
    return this.stop.signal;
  }
}

/** Not crypto.randomUUID: where the page has no secure origin, that is not there. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
