/** How loud it is now. */

const FLOOR_DB = -60; // what is softer than this is shown as silence
const FALL_DB = 1.2; // a look: a peak can be seen before it has gone

/** Of the largest samples: from here on, a microphone is at its end. */
export const OVERDRIVEN = 0.99;

export class Level {
  /** @param {AnalyserNode} analyser */
  constructor(analyser) {
    this.analyser = analyser;
    this.samples = new Float32Array(analyser.fftSize);
    this.shownDb = FLOOR_DB;
    /** The largest sample of the last look, 0 to 1. */
    this.peak = 0;
  }

  /** Looks: to be called a few dozen times a second. */
  look() {
    this.analyser.getFloatTimeDomainData(this.samples);
    this.peak = this.samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    const db = 20 * Math.log10(this.peak + 1e-6);
    this.shownDb = Math.max(db, this.shownDb - FALL_DB, FLOOR_DB);
  }

  /** What a meter shows: 0 is silence, 1 full scale, even in dB. */
  get shown() {
    return Math.min(1, 1 - this.shownDb / FLOOR_DB);
  }
}
