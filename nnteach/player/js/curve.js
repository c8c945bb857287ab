// @ts-check
/** The loss curve of a training run: as many points as are known at the step. */
/** @import { Data, Words } from "./message.js" */

import { html, iconButton, setAttribute, setText } from "./elements.js";
import { fill, iterationAt } from "./lookup.js";
import { importPicture } from "./picture.js";

export class Curve {
  /** @param {Data} data one with iterations @param {Words} words */
  constructor(data, words) {
    this.data = data;
    this.words = words;
    this.svg = importPicture(data.curve ?? "");
    // Its numbers stand in words beside it; its own title would tell those that are not known yet.
    this.svg?.setAttribute("aria-hidden", "true");
    this.svg?.querySelector("title")?.remove();
    this.points = [...this.svg?.querySelectorAll("[data-loss]") ?? []];
    this.place = html("strong", {});
    this.known = html("span", { class: "nn-quiet" });
    const buttons = ["previousIteration", "nextIteration"].map((action) => iconButton(action, words[action]));
    this.element = html("section", { class: "nn-curve", "aria-label": words.losses },
      html("div", {}, this.place, this.known, html("div", { class: "nn-group" }, ...buttons)), this.svg ?? "");
  }

  /** @param {number} step */
  show(step) {
    const { iterations = [], losses = [], texts } = this.data;
    const known = losses.filter(([from]) => from <= step);
    this.points.forEach((point, index) =>
      setAttribute(point, "class", index === known.length - 1 ? "now" : index < known.length ? "done" : "todo"));
    setText(this.place, fill(this.words.iteration, { k: iterationAt(iterations, step), n: iterations.length }));
    const last = known.at(-1);
    setText(this.known, last ? `${this.words.loss} ${texts[last[1]][1][0]}` : "");
  }
}
