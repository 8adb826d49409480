/** Plays a recording back. */

import { make } from './dom.js';
import { icon } from './icons.js';
import { number, say } from './words.js';

const FAR = 1e9; // seconds: beyond any end
const TENTHS = { minimumFractionDigits: 1, maximumFractionDigits: 1 };

/** @type {HTMLAudioElement|null} one at a time is heard */
let heard = null;

/**
 * @typedef {{element: HTMLElement, onPosition: (tell: (seconds: number) => void) => () => void,
 *   seek: (seconds: number) => void, destroy: () => void}} Player
 * onPosition calls `tell` now and whenever it has moved, until what it gave is called.
 */

/**
 * @param {Blob} blob
 * @param {number|null} durationS null: what the browser finds
 * @returns {Player}
 */
export function createPlayer(blob, durationS) {
  const audio = new Audio();
  const url = URL.createObjectURL(blob);
  /** @type {Set<(seconds: number) => void>} */
  const told = new Set();
  let measuring = false;
  const length = () => durationS ?? (Number.isFinite(audio.duration) ? audio.duration : 0);

  const sign = make('span', {}, icon('play'));
  const toggle = make('button', { type: 'button', class: 'round', on: { click: () => turn() } }, sign);
  const slider = make('input', {
    type: 'range',
    min: '0',
    max: '1000',
    value: '0',
    label: 'player.position',
    on: { input: () => seek((slider.value / 1000) * length()) },
  });
  const clock = make('span', { class: 'clock' });
  const silent = make('p', { class: 'hint', hidden: true, words: 'player.unplayable' });
  const element = make('div', { class: 'player' }, toggle, slider, clock, silent);

  const turn = () => {
    if (!audio.paused) audio.pause();
    else audio.play().catch(() => show()); // where it cannot be played, 'error' tells
  };
  const show = () => {
    if (measuring) return;
    say(toggle, audio.paused ? 'player.play' : 'player.pause', {}, 'aria-label');
    sign.replaceChildren(icon(audio.paused ? 'play' : 'pause'));
    const values = {
      at: () => number(audio.currentTime, TENTHS),
      of: () => number(length(), TENTHS),
    };
    say(clock, 'player.clock', values);
    say(slider, 'player.clock.spoken', values, 'aria-valuetext');
    slider.value = length() ? String((1000 * audio.currentTime) / length()) : '0';
    for (const tell of told) tell(audio.currentTime);
  };
  const run = () => {
    show();
    if (!audio.paused) requestAnimationFrame(run);
  };
  const seek = (seconds) => {
    audio.currentTime = Math.min(Math.max(0, seconds), Math.max(0, length() - 0.01));
    show();
  };

  audio.addEventListener('play', () => {
    if (heard && heard !== audio) heard.pause();
    heard = audio;
    run();
  });
  for (const event of ['pause', 'ended', 'seeked', 'durationchange']) {
    audio.addEventListener(event, show);
  }
  audio.addEventListener('error', () => {
    toggle.disabled = slider.disabled = true;
    silent.hidden = false;
  });
  // MediaRecorder writes no duration; a browser that has been to the end knows it, and can seek.
  const measured = () => {
    measuring = false;
    seek(0);
  };
  audio.addEventListener('loadedmetadata', () => {
    if (Number.isFinite(audio.duration)) return;
    measuring = true;
    audio.addEventListener('seeked', measured, { once: true });
    audio.currentTime = FAR;
  });
  document.addEventListener('languagechange', show);
  audio.preload = 'auto';
  audio.src = url;
  show();
  return {
    element,
    seek,
    onPosition(tell) {
      told.add(tell);
      tell(audio.currentTime);
      return () => told.delete(tell);
    },
    destroy() {
      audio.pause();
      document.removeEventListener('languagechange', show);
      if (heard === audio) heard = null;
      URL.revokeObjectURL(url);
    },
  };
}
