/** So many at a time, the others in the order in which they came. */

export class Slots {
  /** @param {number} free */
  constructor(free) {
    this.free = free;
    /** @type {(() => void)[]} who waits, each to be called when it is its turn */
    this.waiting = [];
  }

  /**
   * Does something when there is room for it.
   *
   * @template T
   * @param {AbortSignal} signal
   * @param {() => Promise<T>} act
   * @returns {Promise<T>} or an AbortError, as soon as the signal says so
   */
  async use(signal, act) {
    signal.throwIfAborted();
    if (this.free > 0) this.free -= 1;
    else await this.turn(signal);
    try {
      return await act();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }

  /** @param {AbortSignal} signal */
  turn(signal) {
    return new Promise((resolve, reject) => {
      const come = () => {
        signal.removeEventListener('abort', leave);
        resolve(undefined);
      };
      const leave = () => {
        this.waiting = this.waiting.filter((one) => one !== come);
        reject(signal.reason);
      };
      this.waiting.push(come);
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}
