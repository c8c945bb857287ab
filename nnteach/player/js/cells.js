// @ts-check
/** A cell of a matrix and how it is computed from single numbers, as Python wrote it down in `cells`. */
/** @import { Data, Recipe, Words } from "./message.js" */

import { SVG, html, iconButton } from "./elements.js";
import { entryAt, fill } from "./lookup.js";

/** How the cells of a node are computed, row by row; none for a node without. @param {Data} data @param {string} name */
export const cellsOf = (data, name) => data.cells?.[name] ?? [];

/** The lines of a node's value as numbers, row by row. @param {Data} data @param {string} name @param {number} step */
export function shownCells(data, name, step) {
  const node = data.nodes.find((one) => one.name === name);
  const place = node ? entryAt(node.timeline, step)[2] : null;
  return place === null ? [] : data.texts[place][1].map((line) => line.trim().split(/\s+/));
}

/**
 * The cell under a pointer; null if there is none whose sum can be shown.
 * @param {Data} data @param {string} name @param {Element} target @param {MouseEvent} event @param {number} step
 */
export function cellUnder(data, name, target, event, step) {
  const line = /** @type {any} */ (target.closest(".value > tspan"));
  const rows = shownCells(data, name, step);
  if (!line || !rows.length || !cellsOf(data, name).length) return null;
  const matrix = line.ownerSVGElement.getScreenCTM().inverse();
  const letter = line.getCharNumAtPosition(new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix));
  const row = [...line.parentNode.children].indexOf(line);
  const before = line.textContent.slice(0, letter + 1).trimStart().split(/\s+/).length - 1;
  return letter < 0 ? null : row * rows[0].length + Math.min(before, rows[0].length - 1);
}

/** What the panel shows of one cell: with names, with the numbers put in, and the result. */
export class CellView {
  /** @param {Data} data @param {Words} words @param {string} name @param {number} index @param {number} step */
  constructor(data, words, name, index, step) {
    this.data = data;
    this.name = name;
    this.index = index;
    const rows = shownCells(data, name, step);
    const columns = rows[0]?.length ?? 1;
    this.place = [Math.floor(index / columns), index % columns];
    const [row, column] = this.place;
    this.label = cellName(name, cellsOf(data, name)[index][0]);
    const recipe = cellsOf(data, name)[index].slice(1);
    const written = recipe.map((part) => (typeof part === "string" ? part : cellName(data.nodes[part[0]].name, part))).join("");
    const numbers = recipe.map((part) => (typeof part === "string" ? part : this.#number(part, recipe.length, step))).join("");
    const result = rows[row]?.[column] ?? "";
    this.sentence = `${this.label} = ${written} = ${numbers}${numbers === result ? "" : ` = ${result}`}`;
    const buttons = ["cellBefore", "cellAfter", "closeCell"].map((action) =>
      iconButton(action, words[action === "closeCell" ? "close" : action]));
    this.element = html("section", { class: "nn-cell", "aria-label": this.label },
      html("div", {}, html("strong", {}, fill(words.cell, { cell: this.label })), html("div", { class: "nn-group" }, ...buttons)),
      ...[written, numbers, result].map((text, line) => html("p", { class: line === 2 ? "nn-value" : "" }, `= ${text}`)));
  }

  /** The number of a cell; a negative one in brackets, unless it stands alone. @param {number[]} cell @param {number} parts @param {number} step */
  #number([node, row = 0, column = 0], parts, step) {
    const shown = shownCells(this.data, this.data.nodes[node].name, step)[row]?.[column] ?? "·";
    return shown.startsWith("−") && parts > 1 ? `(${shown})` : shown;
  }

  /** Frame the cell in the picture. @param {{values: Element[]} | undefined} parts of the node */
  mark(parts) {
    const line = /** @type {any} */ (parts?.values[this.place[0]]);
    const words = [...line?.textContent.matchAll(/\S+/g) ?? []];
    const word = words[this.place[1]];
    if (!word) return;
    const [first, last] = [word.index, word.index + word[0].length - 1].map((letter) => line.getExtentOfChar(letter));
    this.frame = document.createElementNS(SVG, "rect");
    const box = { x: first.x - 3, y: first.y - 1, width: last.x + last.width - first.x + 6, height: first.height + 2, rx: 3 };
    for (const [key, value] of Object.entries(box)) this.frame.setAttribute(key, String(value));
    this.frame.setAttribute("class", "nn-frame");
    line.closest("[data-node]").append(this.frame);
  }

  remove() {
    this.element.remove();
    this.frame?.remove();
  }
}

/** @param {string} name @param {any} cell [node, row, column], of which a vector has no column */
function cellName(name, [, ...index]) {
  return index.length ? `${name}[${index.join(",")}]` : name;
}
