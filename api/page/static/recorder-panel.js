/** The recorder as people see it. */

import { announce, make } from './dom.js';
import { icon } from './icons.js';
import { Level, OVERDRIVEN } from './level.js';
import { Recorder } from './recorder.js';
import { Waveform } from './waveform.js';
import { clock, say, t } from './words.js';

const EARLY_S = 0.5; // before the limit: encoders write a little more than was recorded
const SOON_S = 10;

/**
 * Builds the recorder into `root`.
 *
 * @param {HTMLElement} root
 * @param {{limitS: number,
 *   onRecording: (made: {blob: Blob, name: string, durationS: number}) => void}} options
 */
export function mountRecorder(root, { limitS, onRecording }) {
  const waveform = new Waveform();
  const meter = make('div', { class: 'level', 'aria-hidden': 'true' }, make('span'));
  const time = make('span', { class: 'clock', role: 'timer' });
  const left = make('span', { class: 'left' });
  const sign = make('span', {}, icon('microphone'));
  const main = make('button', { type: 'button', class: 'record', on: { click: () => press() } }, sign);
  const restSign = make('span', {}, icon('pause'));
  const pause = make('button', { type: 'button', class: 'pause', on: { click: () => rest() } }, restSign);
  const hint = make('p', { class: 'hint' });
  const trouble = make('p', { class: 'trouble', role: 'alert' });
  root.classList.add('recorder');
  root.append(
    make('div', { class: 'stage' }, waveform.canvas, meter),
    make('div', { class: 'controls' }, make('div', { class: 'times' }, time, left), main, pause),
    hint,
    trouble,
  );

  /** @type {Recorder|null} */
  let recorder = null;
  /** @type {Level|null} */
  let level = null;
  let asking = false;
  let overdriven = false;

  const show = () => {
    const state = asking ? 'asking' : !recorder ? 'idle' : recorder.records ? 'recording' : 'paused';
    root.dataset.state = state;
    say(main, recorder ? 'recorder.stop' : 'recorder.record', {}, 'aria-label');
    sign.replaceChildren(icon(recorder ? 'stop' : 'microphone'));
    main.setAttribute('aria-disabled', String(asking)); // disabled, it would lose the focus
    pause.hidden = !recorder;
    say(pause, state === 'paused' ? 'recorder.resume' : 'recorder.pause', {}, 'aria-label');
    restSign.replaceChildren(icon(state === 'paused' ? 'microphone' : 'pause'));
    say(hint, overdriven && recorder?.records ? 'recorder.overdriven' : `recorder.${state}`);
    showTimes();
  };
  const showTimes = () => {
    const elapsed = Math.floor(recorder?.elapsedS ?? 0);
    const remaining = Math.max(0, limitS - elapsed);
    time.textContent = `${Math.floor(elapsed / 60)}:${String(elapsed % 60).padStart(2, '0')}`;
    say(left, 'recorder.left', { seconds: remaining });
    root.classList.toggle('soon', recorder !== null && remaining <= SOON_S);
  };
  const press = () => {
    if (recorder) recorder.stop();
    else if (!asking) begin();
  };
  const rest = () => {
    if (recorder?.records) recorder.pause();
    else recorder?.resume();
    announce(t(recorder?.records ? 'recorder.recording' : 'recorder.paused'));
    show();
    watch();
  };

  const begin = async () => {
    asking = true;
    trouble.textContent = '';
    show();
    try {
      recorder = await Recorder.begin();
      asking = false;
      level = new Level(recorder.analyser);
      waveform.clear();
      announce(t('recorder.recording'));
      show();
      watch();
      const made = await recorder.finished;
      const name = t('recorder.name', { time: clock(Date.now()) });
      onRecording({ ...made, name });
    } catch (error) {
      say(trouble, `recorder.trouble.${error.trouble ?? 'failed'}`);
    } finally {
      recorder = level = null;
      asking = overdriven = false;
      waveform.clear();
      show();
    }
  };

  // A timer ends it, not a frame: frames do not come while nobody looks at the page.
  let limit = 0;
  let next = 0;
  const watch = () => {
    clearTimeout(limit);
    if (!recorder?.records) return;
    const mine = recorder;
    limit = setTimeout(() => mine.stop(), (limitS - EARLY_S - mine.elapsedS) * 1000);
    cancelAnimationFrame(next);
    next = requestAnimationFrame(frame);
  };
  const frame = () => {
    if (!recorder?.records || !level) return;
    level.look();
    waveform.add(recorder.elapsedS, level.peak);
    meter.firstChild.style.transform = `scaleX(${level.shown})`;
    if (level.peak >= OVERDRIVEN && !overdriven) {
      overdriven = true;
      show();
    }
    showTimes();
    next = requestAnimationFrame(frame);
  };
  show();
}
