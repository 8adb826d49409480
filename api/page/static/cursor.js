/** A cursor over a picture: moved by the mouse, a finger or the arrow keys. */

import { make } from './dom.js';

const STEP = 0.01; // of the width
const LEAP = 10; // steps

/**
 * Puts a cross into `plot`, which must be able to have the focus.
 *
 * @param {HTMLElement} plot
 * @param {number} rows how many steps of the arrow keys its height has
 * @param {{onMove: (place: {x: number, y: number}|null) => void, onChoose: (x: number) => void}}
 *   listener places from 0 to 1, from the left and from the bottom; null: the mouse has left
 */
export function addCursor(plot, rows, { onMove, onChoose }) {
  const across = make('div', { class: 'cursor cursor-x', hidden: true });
  const along = make('div', { class: 'cursor cursor-y', hidden: true });
  plot.append(across, along);
  const kept = { x: 0.5, y: 0.5 };

  const show = (x, y) => {
    Object.assign(kept, { x: inside(x), y: inside(y) });
    across.style.left = `${100 * kept.x}%`;
    along.style.bottom = `${100 * kept.y}%`;
    across.hidden = along.hidden = false;
    onMove(kept);
  };
  const hide = () => {
    across.hidden = along.hidden = true;
    onMove(null);
  };
  const point = (event) => {
    const box = plot.getBoundingClientRect();
    show((event.clientX - box.left) / box.width, (box.bottom - event.clientY) / box.height);
  };
  const press = (event) => {
    const { x, y } = kept;
    const step = STEP * (event.shiftKey ? LEAP : 1);
    const row = (event.shiftKey ? LEAP : 1) / rows;
    const moves = {
      ArrowLeft: () => show(x - step, y),
      ArrowRight: () => show(x + step, y),
      ArrowUp: () => show(x, y + row),
      ArrowDown: () => show(x, y - row),
      Home: () => show(0, y),
      End: () => show(1, y),
      Enter: () => onChoose(x),
      Escape: hide,
    };
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    move();
  };

  plot.addEventListener('pointerdown', point);
  plot.addEventListener('pointermove', point);
  plot.addEventListener('pointerleave', (event) => {
    if (event.pointerType === 'mouse') hide(); // a finger's cross stays where it was lifted
  });
  plot.addEventListener('click', () => onChoose(kept.x));
  plot.addEventListener('keydown', press);
  plot.addEventListener('focus', () => {
    if (plot.matches(':focus-visible')) show(kept.x, kept.y);
  });
  plot.addEventListener('blur', hide);
}

function inside(share) {
  return Math.min(1, Math.max(0, share));
}
