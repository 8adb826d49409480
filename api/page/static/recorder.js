/** Recording the microphone, in the format that the browser writes by itself. */

// A cough is what browsers' clean-up for calls takes for noise.
const UNTOUCHED = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** @type {Record<string, Trouble>} by the names of getUserMedia's exceptions */
const TROUBLES = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

/** @typedef {'insecure'|'unsupported'|'refused'|'missing'|'busy'|'failed'|'empty'} Trouble */

/** Why there is no recording. */
export class RecorderError extends Error {
  /** @param {Trouble} trouble */
  constructor(trouble) {
    super(trouble);
    this.trouble = trouble;
  }
}

export class Recorder {
  /**
   * Asks for the microphone and begins.
   *
   * @returns {Promise<Recorder>}
   * @throws {RecorderError}
   */
  static async begin() {
    if (!isSecureContext) throw new RecorderError('insecure');
    if (!navigator.mediaDevices?.getUserMedia || !('MediaRecorder' in globalThis)) {
      throw new RecorderError('unsupported');
    }
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: UNTOUCHED });
    } catch (error) {
      throw new RecorderError(TROUBLES[error.name] ?? 'failed');
    }
    try {
      return new Recorder(stream);
    } catch {
      for (const track of stream.getTracks()) track.stop();
      throw new RecorderError('failed');
    }
  }

  /** @param {MediaStream} stream */
  constructor(stream) {
    this.recorder = new MediaRecorder(stream);
    this.context = new AudioContext();
    /** What is heard now, for level and waveform. */
    this.analyser = this.context.createAnalyser();
    this.context.createMediaStreamSource(stream).connect(this.analyser);
    this.before = 0; // ms, recorded before the last resume
    this.since = performance.now();
    /** @type {Promise<{blob: Blob, durationS: number}>} also when the microphone was unplugged */
    this.finished = this.gather(stream);
    this.recorder.start();
  }

  /** Whether it is recording, not pausing. */
  get records() {
    return this.recorder.state === 'recording';
  }

  /** How much there is, without pauses, seconds. */
  get elapsedS() {
    return (this.before + (this.records ? performance.now() - this.since : 0)) / 1000;
  }

  pause() {
    this.before = this.elapsedS * 1000;
    this.recorder.pause();
  }

  resume() {
    this.since = performance.now();
    this.recorder.resume();
  }

  /** Ends it, and lets the microphone go: `finished` has what there is. */
  stop() {
    if (this.recorder.state === 'inactive') return;
    this.before = this.elapsedS * 1000;
    this.recorder.stop();
  }

  /** @param {MediaStream} stream */
  async gather(stream) {
    const { recorder } = this;
    /** @type {Blob[]} */
    const parts = [];
    recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
    await new Promise((resolve) => {
      recorder.addEventListener('stop', resolve, { once: true });
      recorder.addEventListener('error', resolve, { once: true });
    });
    // When the microphone goes, it stops by itself, and its state tells nothing of before.
    const durationS = (this.before || performance.now() - this.since) / 1000;
    for (const track of stream.getTracks()) track.stop();
    await this.context.close();
    const blob = new Blob(parts, { type: recorder.mimeType });
    if (!blob.size) throw new RecorderError('empty');
    return { blob, durationS };
  }
}
