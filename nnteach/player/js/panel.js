// @ts-check
/** The panel: what happens at this step and why. */
/** @import { StepData, Ask, MathTree, Words } from "./message.js" */

import { formula, html, setAttribute, setText } from "./elements.js";

// How much smaller than others a formula may be set; projected, none may fall below 32 px, where the panel has the room.
const SMALLEST = 0.7;
const SMALLEST_PROJECTED = 0.9;
const NARROW = 400;
export const SIGNS = ["negative", "zero", "positive"];

/** The panel: what happens at this step and why. */
export class Panel {
  /** @type {[any, Element[]]} lines and their formulas, built ahead */
  #ready = [null, []];

  /** @param {Words} words */
  constructor(words) {
    this.words = words;
    this.now = html("p", { class: "nn-now" });
    this.formula = html("div", { class: "nn-formula", "data-formula": "", style: "--fit: 1;" });
    this.ledger = html("div", { class: "nn-ledger", "data-ledger": "" });
    this.remark = html("p", { class: "nn-remark" });
    this.question = html("div", { class: "nn-question" });
    this.element = html("section", { class: "nn-panel", tabindex: "0", "aria-label": words.panel },
      this.question, this.now, this.formula, this.ledger, this.remark);
  }

  /** @param {Partial<StepData>} step */
  show({ now = "", because = null, lines = [], ledger = null, remark = null }) {
    setText(this.now, now);
    this.formula.replaceChildren(...this.#ready[0] === lines ? this.#ready[1] : this.#formulas(because, lines));
    if (ledger || this.ledger.firstChild) this.ledger.replaceChildren(...(ledger ? this.#sum(ledger) : []));
    setText(this.remark, remark ?? "");
  }

  /** Build the formulas of the step that most likely comes next. @param {StepData | undefined} step */
  prepare(step) {
    if (step) this.#ready = [step.lines, this.#formulas(step.because, step.lines)];
  }

  /** @param {MathTree | null} because @param {[string, MathTree][]} lines */
  #formulas(because, lines) {
    return [...because ? [this.#because(because)] : [], ...lines.map((line) => this.#line(line))];
  }

  /** Where a part of a formula is too wide even for a line of its own, all are set smaller, as far as they can be read. */
  fit() {
    this.#scale(1);
    const lines = [...this.formula.querySelectorAll(".nn-math, .nn-because")];
    const ratio = Math.min(1, ...lines.map((line) => line.clientWidth / line.scrollWidth || 1));
    this.#scale(Math.max(ratio, this.element.clientWidth > NARROW && this.element.closest("[data-projector]") ? SMALLEST_PROJECTED : SMALLEST));
    // What is still too wide can be scrolled by keyboard.
    for (const line of lines) setAttribute(line, "tabindex", line.scrollWidth > line.clientWidth ? 0 : null);
  }

  /** @param {number} fit */
  #scale(fit) {
    if (this.formula.style.getPropertyValue("--fit") !== String(fit)) this.formula.style.setProperty("--fit", String(fit));
  }

  /**
   * A question in the place of the step. For a projector there are large answers to point at instead of a field; a
   * node or a sign is never typed.
   * @param {StepData} step @param {Ask} ask @param {[string, string[]][]} texts
   */
  ask({ because, lines }, ask, texts) {
    const { words } = this;
    const guess = (/** @type {any} */ answer, /** @type {string} */ how, /** @type {any[]} */ ...shown) =>
      html("button", { type: "button", "data-guess": answer, "data-how": how }, ...shown);
    const node = ask.kind === "order";
    const onlySign = ask.kind === "sign";
    const hint = because ? [this.#because(because)] : lines.filter(([caption]) => caption === "rule").map((line) => this.#line(line));
    const choices = ask.choices.map((place, index) => {
      const [full, [shown]] = node ? [place, [place]] : texts[place];
      return guess(full, node ? "node" : "number", html("b", {}, "ABC"[index]), String(shown));
    });
    const typed = html("div", { class: "nn-typed" },
      html("label", {}, html("span", {}, words.yours), html("input",
        { type: "text", inputmode: "decimal", autocomplete: "off", "data-answer": "", size: 10 })),
      html("button", { type: "button", "data-action": "answer" }, words.commit));
    const signs = html("div", { class: "nn-signs", role: "group" }, onlySign ? "" : html("small", {}, words.or),
      ...SIGNS.map((name, index) => guess(index - 1, "sign", words[name])));
    this.question.replaceChildren(html("p", { class: "nn-ask" }, ask.text), ...node ? [] : hint,
      ...node || onlySign ? [] : [typed], ...node ? [] : [signs],
      ...onlySign ? [] : [html("div", { class: "nn-choices", role: "group" }, ...choices)],
      html("p", { class: "nn-feedback", role: "status" }),
      html("button", { type: "button", "data-action": "next" }, words.skip));
  }

  /** What a prediction was worth: in a sign, in words, and only then in colour. @param {boolean} good @param {string} text */
  say(good, text) {
    const told = /** @type {Element} */ (this.question.querySelector(".nn-feedback"));
    setAttribute(told, "class", `nn-feedback ${good ? "nn-good" : "nn-bad"}`);
    setText(told, `${good ? "✓" : "✗"} ${text}`);
    return told;
  }

  /** @param {MathTree} tree */
  #because(tree) {
    return html("p", { class: "nn-because" }, `${this.words.because} `, formula(tree));
  }

  /** @param {[string, MathTree]} line */
  #line([caption, tree]) {
    return html("div", { class: "nn-line" }, html("span", { class: "nn-caption" }, this.words[caption] ?? caption),
      html("div", { class: "nn-math" }, formula(tree)));
  }

  /** @param {[string, string, string]} ledger */
  #sum([caption, sum, total]) {
    return [html("p", {}, caption), html("p", { class: "nn-sum" }, sum, html("strong", {}, total))];
  }
}
