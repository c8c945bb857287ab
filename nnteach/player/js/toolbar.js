// @ts-check
/** The toolbar: buttons, the phases as a slider, which step this is, and the levels. */
/** @import { StepData, Words } from "./message.js" */

import { drawIcon, html, iconButton, setAttribute, setText } from "./elements.js";
import { phaseRuns } from "./lookup.js";

export class Toolbar {
  /** @type {Record<string, HTMLElement>} */
  #buttons = {};

  /** @param {Words} words */
  constructor(words) {
    this.words = words;
    this.segments = html("div", { class: "nn-segments", "aria-hidden": "true" });
    this.slider = /** @type {HTMLInputElement} */ (html("input", { type: "range", min: 0, step: 1, "aria-label": words.steps }));
    this.count = html("span", { class: "nn-count" });
    this.levels = html("div", { class: "nn-levels", role: "group", "aria-label": words.levels });
    this.element = html("div", { class: "nn-toolbar", role: "group", "aria-label": words.player },
      this.#group("first", "previous", "play", "next", "last"), html("div", { class: "nn-track" }, this.segments, this.slider),
      this.count, this.levels, this.#group("predict", "grain", "help", "table", "theme", "fullscreen"));
  }

  /** @param {...string} actions */
  #group(...actions) {
    return html("div", { class: "nn-group" }, ...actions.map((action) => (this.#buttons[action] = iconButton(action, this.words[action]))));
  }

  /** Another icon and another name for a button. @param {string} action @param {string} icon @param {string} label */
  name(action, icon, label = this.words[icon]) {
    const button = this.#buttons[action];
    drawIcon(/** @type {any} */ (button.querySelector("path")), icon);
    for (const name of ["aria-label", "title"]) setAttribute(button, name, label);
  }

  /** @param {string} action @param {boolean} on */
  press(action, on) {
    setAttribute(this.#buttons[action], "aria-pressed", on);
  }

  /** @param {string[]} offered @param {string} level the one that is shown */
  showLevels(offered, level) {
    this.levels.replaceChildren(...offered.map((name) =>
      html("button", { type: "button", "data-action": name, "aria-pressed": name === level }, this.words[name])));
  }

  /** The phases, as wide as their steps: when one is over, the thumb stands at the end of its segment. @param {StepData[]} steps */
  showPhases(steps) {
    this.segments.replaceChildren(...phaseRuns(steps).map(({ phase, first, last }) =>
      html("span", { class: `nn-${phase}`, "data-last": last, style: `flex-grow:${last - first + 1}` },
        html("b", {}, this.words[phase] ?? phase))));
    this.slider.setAttribute("max", String(steps.length));
  }

  /** @param {number} step @param {number} steps how many there are @param {string} place the step in words @param {string} told what happens there */
  show(step, steps, place, told) {
    this.slider.value = String(step);
    setAttribute(this.slider, "aria-valuetext", `${place}, ${told}`);
    setText(this.count, place);
    for (const segment of this.segments.children) {
      setAttribute(segment, "data-over", Number(segment.getAttribute("data-last")) <= step ? "" : null);
    }
    for (const [name, end] of Object.entries({ first: 0, previous: 0, next: steps, last: steps })) {
      setAttribute(this.#buttons[name], "aria-disabled", step === end);
    }
  }
}
