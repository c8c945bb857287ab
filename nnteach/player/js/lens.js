// @ts-check
/** The cell of a matrix that is looked at: which one, and the way from one to the next. */
/** @import { Player } from "./player.js" */

import { cellsOf, CellView } from "./cells.js";
import { setAttribute, setText } from "./elements.js";

export class Lens {
  /** @type {CellView | null} */
  cell = null;

  /** @param {Player} player */
  constructor(player) {
    this.player = player;
  }

  /** Show how a cell of a matrix is computed. @param {string} name @param {number} index among its cells */
  show(name, index) {
    const { data, panel, picture, root, sentence, step, words } = this.player;
    const count = cellsOf(data, name, step).length;
    this.close();
    this.cell = new CellView(data, words, name, (index + count) % count, step);
    panel.question.after(this.cell.element);
    this.cell.mark(picture.node(name));
    setAttribute(root, "data-cell", this.cell.label);
    panel.element.scrollTo(0, 0);
    setText(sentence, this.cell.sentence);
  }

  close() {
    if (!this.cell) return;
    this.cell.remove();
    this.cell = null;
    this.player.root.removeAttribute("data-cell");
    this.player.showTexts();
  }

  /** The next cell, or the one before; at first one of the node that has the focus, or is current. @param {Element | null} place @param {number} by */
  move(place, by) {
    const { cell, player: { data, prediction, step } } = this;
    if (prediction.open) return;
    const focused = this.player.nodeOf(place)?.name;
    if (cell && (!focused || focused === cell.name)) return this.show(cell.name, cell.index + by);
    const able = [focused, data.steps[step - 1]?.node, ...Object.keys(data.cells ?? {})].find((name) =>
      name && cellsOf(data, name, step).length);
    if (able) this.show(able, by > 0 ? 0 : -1);
  }
}
