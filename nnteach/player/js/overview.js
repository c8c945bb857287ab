// @ts-check
/** Of a large graph: all of it, small, with what is seen of it now, and where things happen. */
/** @import { Data, Words } from "./message.js" */
/** @import { Box, Picture } from "./picture.js" */

import { html, setAttribute, svg } from "./elements.js";
import { MANY_NODES } from "./picture.js";

const SIZE = { width: 240, height: 130, least: 48 };

export class Overview {
  /** @param {Picture} picture @param {HTMLElement} stage what scrolls @param {Words} words */
  constructor(picture, stage, words) {
    this.stage = stage;
    this.picture = picture;
    const { width, height } = picture.size;
    const small = Math.min(SIZE.width / width, SIZE.height / height);
    // All boxes are one path: a thousand elements would be in the way of every step.
    const boxes = [...picture.nodes.values()].map(({ box }) =>
      `M${box.left} ${box.top}H${box.right}V${box.bottom}H${box.left}Z`).join("");
    this.now = svg("rect", { class: "nn-here" });
    this.window = svg("rect", { class: "nn-window" });
    // A long chain is stretched, so that it can be seen at all.
    this.svg = svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", preserveAspectRatio: "none",
      width: Math.max(width * small, SIZE.least), height: Math.max(height * small, SIZE.least) },
    svg("path", { class: "nn-boxes", d: boxes }), this.now, this.window);
    this.element = html("button", { type: "button", class: "nn-overview", "aria-label": words.overview, title: words.overview }, this.svg);
    this.element.addEventListener("click", (event) => this.#look(event));
  }

  /** @param {Data} data */
  static isNeeded(data) {
    return data.nodes.length >= MANY_NODES;
  }

  /** Mark the current nodes. @param {string[]} names */
  show(names) {
    const box = this.picture.around(names);
    if (box) this.#place(this.now, box);
  }

  /** Mark what is seen now. @param {Box} seen in the picture's own px */
  follow(seen) {
    this.#place(this.window, seen);
  }

  /** @param {Element} rect @param {Box} box */
  #place(rect, { left, top, right, bottom }) {
    const box = { x: left, y: top, width: right - left, height: bottom - top };
    for (const [name, length] of Object.entries(box)) setAttribute(rect, name, Math.round(length));
  }

  /** @param {MouseEvent} event */
  #look(event) {
    const { left, top, width, height } = this.svg.getBoundingClientRect();
    if (!event.clientX && !event.clientY) return;
    const { stage } = this;
    const [x, y] = [(event.clientX - left) / width, (event.clientY - top) / height];
    stage.scrollTo(x * stage.scrollWidth - stage.clientWidth / 2, y * stage.scrollHeight - stage.clientHeight / 2);
  }
}
