// @ts-check
/** A cell of a value or gradient and how it is computed from single numbers, as Python wrote it down in `cells` and `slopes`. */
/** @import { Data, NodeEntry, Recipe, Words } from "./message.js" */

import { html, iconButton, svg } from "./elements.js";
import { cellSize } from "./heat.js";
import { entryAt, fill } from "./lookup.js";

/** How a node is at a step. @param {Data} data @param {string} name @param {number} step @returns {NodeEntry} */
function entryOf({ nodes }, name, step) {
  const node = nodes.find((one) => one.name === name);
  return node ? entryAt(node.timeline, step) : [0, "", null, null];
}

/**
 * How the cells of a node are computed, row by row: those of its gradient, as far as it has arrived, then those of its value.
 * @param {Data} data @param {string} name @param {number} step @returns {Recipe[]} none for a node without
 */
export function cellsOf(data, name, step) {
  const { cells = {}, edges, slopes = {} } = data;
  const [, , value, gradient] = entryOf(data, name, step);
  // The newest child was the first to send something.
  const given = edges.filter((edge) => edge.parent === name && entryAt(edge.timeline, step)[3] !== null)
    .map((edge) => slopes[edge.id]).reverse();
  const graded = gradient === null || !given.every(Boolean) ? [] : given[0] ?? [];
  return [...graded.map((recipe, index) => [recipe[0], ...given.flatMap((one) => one[index].slice(1))]),
    ...value === null ? [] : cells[name] ?? []];
}

/** The value, or the gradient, of a node as numbers, row by row. @param {Data} data @param {string} name @param {number} step @param {boolean} graded */
function shownCells(data, name, step, graded) {
  const place = entryOf(data, name, step)[graded ? 3 : 2];
  const lines = place === null ? [] : data.heat?.[place]?.[1].split("/") ?? data.texts[place][1];
  return lines.map((line) => line.trim().split(/\s+/));
}

/** Where the cells of the value, or of the gradient, begin. @param {Recipe[]} cells @param {boolean} graded */
const firstOf = (cells, graded) => cells.findIndex(([[node]]) => Number(node) < 0 === graded);

/**
 * The cell under a pointer, as a place among the cells of the node; null if there is none whose sum can be shown.
 * @param {Data} data @param {string} name @param {Element} target @param {MouseEvent} event @param {number} step
 */
export function cellUnder(data, name, target, event, step) {
  const grid = target.matches(".heat-frame") ? target.nextElementSibling : target.closest(".heat");
  const shown = /** @type {any} */ (grid ?? target.closest(".value > tspan, .gradient > tspan"));
  if (!shown) return null;
  const graded = grid ? shown.parentNode.querySelector(".heat") !== grid : shown.closest(".gradient") !== null;
  const first = firstOf(cellsOf(data, name, step), graded);
  const rows = shownCells(data, name, step, graded);
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(shown.getScreenCTM().inverse());
  let row = [...shown.parentNode.children].indexOf(shown);
  let column = 0;
  if (grid) {
    [column, row] = cellSize(grid).map((length, axis) => Math.max(0, Math.floor((axis ? point.y : point.x) / length)));
  } else {
    // The whole text is asked, as Firefox knows of a tspan nothing but the first one's letters.
    const letter = shown.parentNode.getCharNumAtPosition(point)
      - [...shown.parentNode.children].slice(0, row).reduce((sum, line) => sum + line.textContent.length, 0);
    column = letter < 0 ? Infinity : shown.textContent.slice(0, letter + 1).trimStart().split(/\s+/).length - 1;
  }
  return first < 0 || !rows[row]?.[column] ? null : first + row * rows[0].length + column;
}

/** What the panel shows of one cell: with names, with the numbers put in, and the result. */
export class CellView {
  /** @param {Data} data @param {Words} words @param {string} name @param {number} index @param {number} step */
  constructor(data, words, name, index, step) {
    const cells = cellsOf(data, name, step);
    const [own, ...recipe] = /** @type {any[]} */ (cells[index]);
    this.name = name;
    this.index = index;
    this.data = data;
    this.graded = own[0] < 0;
    const rows = shownCells(data, name, step, this.graded);
    const place = index - firstOf(cells, this.graded);
    const [row, column] = this.place = [Math.floor(place / rows[0].length), place % rows[0].length];
    // With the numbers before an update everything was computed.
    while (data.steps[step - 1]?.phase === "update") step -= 1;
    const write = (/** @type {(cell: number[]) => string} */ put) => recipe.map((part) => (typeof part === "string" ? part : put(part)))
      .join("").replace(/^ \+ /, "").replace(/^ − /, "−");
    this.label = this.#named(own);
    const written = write((cell) => this.#named(cell));
    const numbers = write((cell) => this.#number(cell, step)).replace(/(^|\()\((−[^()]*)\)(?=\)|$)/g, "$1$2");
    const result = rows[row]?.[column] ?? "";
    this.sentence = [...new Set([this.label, written, numbers, result])].join(" = ");
    const buttons = ["cellBefore", "cellAfter", "closeCell"].map((action) =>
      iconButton(action, words[action === "closeCell" ? "close" : action]));
    this.element = html("section", { class: this.graded ? "nn-cell nn-back" : "nn-cell", "aria-label": this.label },
      html("div", {}, html("strong", {}, fill(words.cell, { cell: this.label })), html("div", { class: "nn-group" }, ...buttons)),
      ...[written, numbers, result].map((text) => html("p", {}, `= ${text}`)));
  }

  /** @param {number[]} cell [node, row, column], of which a vector has no column; for a gradient [−1 − node, row, column] */
  #named([node, ...index]) {
    const name = this.data.nodes[node < 0 ? ~node : node].name + (index.length ? `[${index}]` : "");
    return node < 0 ? `∂${this.data.root}/∂${name}` : name;
  }

  /** The number of a cell; a negative one in brackets. @param {number[]} cell @param {number} step */
  #number([node, row = 0, column], step) {
    const { name } = this.data.nodes[node < 0 ? ~node : node];
    const rows = shownCells(this.data, name, step, node < 0);
    const number = (column === undefined ? rows.flat()[row] : rows[row]?.[column]) ?? "·";
    return number.startsWith("−") ? `(${number})` : number;
  }

  /** Frame the cell in the picture. @param {{values: Element[], gradients: Element[], heats: Element[]} | undefined} parts of the node */
  mark(parts) {
    const [row, column] = this.place;
    const grid = parts?.heats[Number(this.graded)];
    const line = /** @type {any} */ (parts?.[this.graded ? "gradients" : "values"][row]);
    const word = line && [...line.textContent.matchAll(/\S+/g)][column];
    if (!grid && !word) return;
    const [wide, high] = grid ? cellSize(grid) : [0, 0];
    const [first, last] = grid ? [{ x: column * wide, y: row * high, height: high - 1 }, { x: column * wide, width: wide - 1 }]
      : [0, word[0].length - 1].map((letter) => line.getExtentOfChar(word.index + letter));
    this.frame = svg("rect", { class: this.graded ? "nn-frame nn-back" : "nn-frame", rx: 3,
      x: first.x - 3, y: first.y - 1, width: last.x + last.width - first.x + 6, height: first.height + 2 });
    (grid ?? line.closest("[data-node]")).append(this.frame);
  }

  remove() {
    this.element.remove();
    this.frame?.remove();
  }
}
