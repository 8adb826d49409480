/** The waveform while it comes: a bar for each moment, the newest at the right. */

const BAR_MS = 50;
const BAR_PX = 3;
const STEP_PX = 5;
const SMALLEST_PX = 2;

export class Waveform {
  constructor() {
    this.canvas = document.createElement('canvas');
    this.canvas.className = 'waveform';
    this.canvas.setAttribute('aria-hidden', 'true');
    /** @type {number[]} */
    this.peaks = [];
    this.barEnds = 0;
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  clear() {
    this.peaks = [];
    this.barEnds = 0;
    this.draw();
  }

  /** @param {number} elapsedS how much is recorded by now @param {number} peak 0 to 1 */
  add(elapsedS, peak) {
    const last = this.peaks.length - 1;
    if (elapsedS * 1000 < this.barEnds) {
      this.peaks[last] = Math.max(this.peaks[last], peak);
      return;
    }
    this.peaks.push(peak);
    this.barEnds = elapsedS * 1000 + BAR_MS;
    this.draw();
  }

  draw() {
    const { canvas, peaks } = this;
    const { clientWidth: width, clientHeight: height } = canvas;
    const pen = canvas.getContext('2d');
    if (!width || !pen) return;
    canvas.width = width * devicePixelRatio;
    canvas.height = height * devicePixelRatio;
    pen.scale(devicePixelRatio, devicePixelRatio);
    pen.fillStyle = getComputedStyle(canvas).color;
    const bars = Math.floor(width / STEP_PX);
    for (let bar = 0; bar < bars; bar += 1) {
      const peak = peaks[peaks.length - bars + bar];
      // The square root: a soft cough is seen, too.
      const tall = Math.max(SMALLEST_PX, Math.sqrt(peak ?? 0) * height);
      pen.globalAlpha = peak === undefined ? 0.3 : 1;
      pen.beginPath();
      pen.roundRect(bar * STEP_PX, (height - tall) / 2, BAR_PX, tall, BAR_PX / 2);
      pen.fill();
    }
  }
}
