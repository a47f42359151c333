/** Painting of what there is a number for by time and height, such as a log-mel: a pixel a cell, low at the bottom. */

/** @typedef {[number, number, number]} Colour red, green, blue */

/** @param {string} css a colour as a computed style has it @returns {Colour} */
export const rgbOf = (css) => /** @type {Colour} */ ((css.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).map(Number));

/**
 * @param {HTMLCanvasElement} canvas which takes the size of the cells
 * @param {Float32Array} cells [n_times, n_heights]
 * @param {number} n_heights
 * @param {{colourOf: (cell: number) => Colour, densityOf: (cell: number) => number}} ink density: 0 to 1
 */
export function paintCells(canvas, cells, n_heights, { colourOf, densityOf }) {
  const n_times = cells.length / n_heights;
  canvas.width = n_times;
  canvas.height = n_heights;
  const image = new ImageData(n_times, n_heights);
  const { data } = image;
  for (let i = 0; i < cells.length; i += 1) {
    const to = 4 * ((n_heights - 1 - (i % n_heights)) * n_times + Math.floor(i / n_heights));
    [data[to], data[to + 1], data[to + 2]] = colourOf(cells[i]);
    data[to + 3] = 255 * densityOf(cells[i]);
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}
