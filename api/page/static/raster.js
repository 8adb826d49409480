/** Small canvases, a pixel a cell; CSS makes them as large as they are to be. */

/**
 * Draws a picture from the bottom up, as frequencies go.
 *
 * @param {number} columns
 * @param {number} rows
 * @param {(column: number, row: number) => number} colourAt a colour of palette.js; row 0 is the
 *   lowest
 * @returns {HTMLCanvasElement}
 */
export function raster(columns, rows, colourAt) {
  const canvas = document.createElement('canvas');
  canvas.width = columns;
  canvas.height = rows;
  const image = new ImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let row = 0; row < rows; row += 1) {
    const begin = (rows - 1 - row) * columns;
    for (let column = 0; column < columns; column += 1) {
      pixels[begin + column] = colourAt(column, row);
    }
  }
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  return canvas;
}
