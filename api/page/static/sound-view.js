/** What was heard, as a picture: spectrogram, explanation, read-outs and the position of playback. */

import { axis } from './axis.js';
import { levelBar } from './colour-bar.js';
import { addCursor } from './cursor.js';
import { make } from './dom.js';
import { createExplanation, sayEvidence } from './explanation.js';
import { overlayOf } from './overlay.js';
import { drawSpectrogram } from './spectrogram.js';
import { evenTicks, frequencyTicks } from './ticks.js';
import { number, say } from './words.js';

const MOST_TICKS = 8;
const HUNDREDTHS = { minimumFractionDigits: 2, maximumFractionDigits: 2 };

/**
 * Draws the two arrays of a job.
 *
 * @param {{spectrogram: import('./spectrogram.js').Spectrogram, explanation: any, player: any}} heard
 *   explanation: null, if there is none; player: of player.js, or null, where the sound is not here
 * @returns {{element: HTMLElement, destroy: () => void}}
 */
export function createSoundView({ spectrogram, explanation, player }) {
  const { times_s: times, bands_hz: bands, levels_db: levels } = spectrogram;
  const durationS = times[times.length - 1];
  const overlay = explanation && overlayOf(spectrogram, explanation);
  const levelsBar = levelBar(spectrogram);
  const readout = make('output', { class: 'readout' });
  const line = make('div', { class: 'position', hidden: !player });
  /** @type {{x: number, y: number}|null} */
  let place = null;
  let explained = false;

  const read = () => {
    if (!place) {
      say(readout, player ? 'sound.hint.playable' : 'sound.hint');
      return;
    }
    const { x, y } = place;
    const column = cellAt(x, levels.length);
    const band = cellAt(y, bands.length - 1);
    const hz = Math.round(between(bands, y * (bands.length - 1)));
    const kind = overlay?.isMap ? 'map' : 'attention';
    say(readout, explained ? `sound.readout.${kind}` : 'sound.readout', {
      time: () => number(x * durationS, HUNDREDTHS),
      hz,
      level: levels[column][band],
      part: () => sayEvidence(overlay, column, band),
    });
  };
  const drawn = overlay && createExplanation(spectrogram, overlay, (on) => {
    explained = on;
    levelsBar.hidden = on;
    read();
  });
  const plot = make(
    'div',
    { class: 'plot', role: 'application', tabindex: '0', label: 'sound.plot' },
    drawSpectrogram(spectrogram),
    drawn?.picture,
    line,
  );
  addCursor(plot, bands.length - 1, {
    onMove: (moved) => {
      place = moved;
      read();
    },
    onChoose: (x) => player?.seek(x * durationS),
  });
  const stop = player?.onPosition((seconds) => {
    line.style.left = `${(100 * Math.min(seconds, durationS)) / durationS}%`;
  });
  read();
  const element = make(
    'div',
    { class: 'sound' },
    drawn?.control,
    make(
      'div',
      { class: 'picture' },
      make('span', { class: 'unit', 'aria-hidden': 'true' }, 'Hz'),
      axis('y', frequencyTicks(bands[bands.length - 1]), (hz) => number(hz)),
      plot,
      levelsBar,
      drawn?.bar,
      axis('x', evenTicks(0, durationS, MOST_TICKS), (s) => number(s)),
      make('span', { class: 'unit', 'aria-hidden': 'true' }, 's'),
    ),
    readout,
    drawn?.legend,
  );
  return { element, destroy: () => stop?.() };
}

function cellAt(share, count) {
  return Math.min(count - 1, Math.floor(share * count));
}

/** @param {number[]} values @param {number} at a place between two of them, from 0 */
function between(values, at) {
  const low = Math.min(values.length - 2, Math.floor(at));
  return values[low] + (at - low) * (values[low + 1] - values[low]);
}
