/** The pictures' colours, made of the same anchors as the PNGs' (worker/pictures/colours.py). */

const MAGMA =
  '000004 140e36 3b0f70 641a80 8c2981 b73779 de4968 f7705c fe9f6d fecf92 fcfdbf'.split(' ');
const FOR_AND_AGAINST = ['1f6fc2', 'ffffff', 'e8720c']; // blue, white, orange
const ATTENTION = ['ffffff', '17a596']; // white, teal
const DARKEST = 0.22; // share of its light that silence leaves of a tint

/** How many tints there are, and how many shades of each. */
export const TINTS = 63; // odd: the one in the middle has no colour
export const SHADES = 64;

/** @param {number} count @returns {Uint32Array} from dark (quiet) to light (loud) */
export function magma(count) {
  return between(MAGMA, count);
}

/** @param {boolean} isMap @returns {Uint32Array} TINTS, at their lightest */
export function tints(isMap) {
  return between(isMap ? FOR_AND_AGAINST : ATTENTION, TINTS);
}

/**
 * Each tint in SHADES shades, from almost dark to its lightest.
 *
 * @param {boolean} isMap
 * @returns {Uint32Array} index: tint * SHADES + shade
 */
export function shaded(isMap) {
  const shades = new Uint32Array(TINTS * SHADES);
  tints(isMap).forEach((tint, row) => {
    for (let shade = 0; shade < SHADES; shade += 1) {
      const light = DARKEST + (1 - DARKEST) * (shade / (SHADES - 1)) ** 1.5;
      const channel = (shift) => Math.round(((tint >> shift) & 255) * light);
      shades[row * SHADES + shade] = packed(channel(0), channel(8), channel(16));
    }
  });
  return shades;
}

function between(names, count) {
  const anchors = names.map((name) => [0, 2, 4].map((at) => parseInt(name.slice(at, at + 2), 16)));
  return Uint32Array.from({ length: count }, (_, index) => {
    const place = (index * (anchors.length - 1)) / (count - 1);
    const low = Math.min(Math.floor(place), anchors.length - 2);
    const mixed = (channel) =>
      anchors[low][channel] + (place - low) * (anchors[low + 1][channel] - anchors[low][channel]);
    return packed(...[0, 1, 2].map((channel) => Math.round(mixed(channel))));
  });
}

/** As ImageData's bytes are read in one piece: red is the lowest. */
function packed(red, green, blue) {
  return (255 << 24) | (blue << 16) | (green << 8) | red;
}
