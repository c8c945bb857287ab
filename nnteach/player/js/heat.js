// @ts-check
/** Heat cells: a large array as a grid, drawn as `draw/heat.py` does it. */

import { setAttribute, svg } from "./elements.js";

const SLIT = 0.2;

/** The size of a cell in px, the gap to the next one included. @param {Element} grid */
export const cellSize = (grid) => (grid.getAttribute("data-size") ?? "").split(" ").map(Number);

/**
 * Draw the cells, in one path for all of the same strength and sign.
 * @param {Element | undefined} grid @param {string} codes a row between slashes; 0, 1 to 4 positive, a to d negative
 * @returns {Element[]} the grid, if something has changed
 */
export function showHeat(grid, codes) {
  if (!grid || grid.getAttribute("data-heat") === codes) return [];
  const [width, height] = cellSize(grid);
  const half = Math.round((height - 1) * (1 - SLIT) / 2);
  /** @type {Record<string, string>} */
  const found = {};
  codes.split("/").forEach((line, row) => [...line].forEach((code, column) => {
    const part = (/** @type {number} */ top, /** @type {number} */ high) =>
      `M${column * width} ${row * height + top}h${width - 1}v${high}h-${width - 1}z`;
    const cell = code > "9" ? part(0, half) + part(height - 1 - half, half) : part(0, height - 1);
    if (code !== "0") found[code] = (found[code] ?? "") + cell;
  }));
  setAttribute(grid, "data-heat", codes);
  grid.replaceChildren(...Object.keys(found).sort().map((code) => svg("path", { class: `heat-${code}`, d: found[code] })));
  return codes ? [grid] : [];
}
