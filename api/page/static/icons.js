/** The recorder's and the player's signs. */

const SVG = 'http://www.w3.org/2000/svg';
const PATHS = {
  microphone:
    'M12 14a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v5a3 3 0 0 0 3 3Zm5-3a5 5 0 0 1-10 0H5a7 7 0 0 0 6 6.9V21h2v-3.1A7 7 0 0 0 19 11Z',
  stop: 'M6 7a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1z',
  pause: 'M7 6h4v12H7zm6 0h4v12h-4z',
  play: 'M8 5.5v13l11-6.5z',
};

/** @param {keyof typeof PATHS} name @returns {SVGElement} not for screen readers */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
