// @ts-check
/** Predict, then reveal: the question that is open, what is answered, and what is said to that. */
/** @import { Ask, NodeData } from "./message.js" */
/** @import { Player } from "./player.js" */

import { html, setAttribute, setText } from "./elements.js";
import { levelOf } from "./levels.js";
import { fill, judge, readNumber } from "./lookup.js";
import { SIGNS } from "./panel.js";
import { inFull } from "./unpack.js";

/**
 * What an answer is worth: a number, its sign alone, or the node that comes next.
 * @param {Ask} ask @param {[string, string[]][]} texts @param {string} given @param {string} how
 * @returns {{verdict: string, slip: string | null, why?: string}}
 */
function judged(ask, texts, given, how) {
  const { right = [], wrong = [] } = ask;
  if (how === "node") {
    const [, slip = null, why = ""] = wrong.find(([name]) => name === given) ?? [];
    return { verdict: right.includes(given) ? "right" : "wrong", slip, why };
  }
  const slips = /** @type {[string, string][]} */ (ask.slips.map(([place, key]) => [texts[place][0], key]));
  const [full] = texts[ask.answer];
  if (how === "number") return judge(given, full, slips);
  const agrees = (/** @type {string} */ number) => Math.sign(Number(number)) === Number(given);
  if (agrees(full)) return { verdict: "right", slip: null };
  return { verdict: "wrong", slip: slips.find(([number]) => agrees(number))?.[1] ?? null };
}

export class Prediction {
  #wanted = false;
  /** @type {object[]} */
  #attempts = [];
  /** @type {{step: number, tries: number, since: number} | null} the question that is open */
  open = null;

  /** @param {Player} player */
  constructor(player) {
    this.player = player;
    this.element = player.panel.question;
  }

  /** The question before the next step, if there is one and it is wanted. */
  get question() {
    const { data, step } = this.player;
    return this.#wanted ? inFull(data.steps[this.player.after(step) - 1])?.ask : undefined;
  }

  /** @param {boolean} on */
  want(on = !this.#wanted) {
    this.#wanted = on;
    this.player.toolbar.press("predict", on);
    if (!on && this.open) this.cancel();
  }

  /** One step on; where something is to be predicted, first the question, and going on then reveals. */
  next() {
    const { player, question } = this;
    player.clock.play(false);
    if (question && !this.open) return this.#ask(question);
    if (this.open) this.#note("", "skipped", null);
    player.goTo(player.after(player.step));
  }

  /** @param {Ask} ask */
  #ask(ask) {
    const { player, element } = this;
    const { data, picture, root } = player;
    const step = player.after(player.step);
    const { node } = data.steps[step - 1];
    player.lens.close();
    this.open = { step, tries: 0, since: performance.now() };
    player.panel.ask(data.steps[step - 1], ask, data.texts);
    setAttribute(root, "data-asking", ask.kind);
    const asked = ask.kind === "order" ? [] : data.nodes.filter((one) => one.name === node || one.at?.includes(node));
    for (const { name } of asked) {
      picture.node(name)?.group.setAttribute("data-asked", "");
    }
    setText(player.sentence, ask.text);
    if (player.view !== "picture") player.setView("picture");
    this.focus();
    root.scrollTo(0, player.panel.element.offsetTop);  // a low window shows the panel or the picture
  }

  /** The keys go to the field, where there is one in sight, or else to the player. */
  focus() {
    const { root, screen } = this.player;
    ((!screen.projected && this.element.querySelector("input")) || root).focus({ preventScroll: true });
  }

  end() {
    if (!this.open && !this.element.firstChild) return;
    const { root, stage } = this.player;
    if (this.element.contains(document.activeElement)) root.focus({ preventScroll: true });
    this.open = null;
    this.element.replaceChildren();
    root.removeAttribute("data-asking");
    for (const group of stage.canvas.querySelectorAll("[data-asked]")) group.removeAttribute("data-asked");
  }

  cancel() {
    this.end();
    this.player.showTexts();
  }

  /**
   * A node of the picture as the answer. @param {NodeData | undefined} node
   * @returns {boolean} whether that was asked
   */
  pick(node) {
    const { right } = (this.open && this.question) || {};
    if (!right || !node) return false;
    this.answer(right.find((name) => node.at?.includes(name)) ?? node.name, "node");
    return true;
  }

  /** @param {string} given @param {string} how "number", "sign" or "node" @param {string} said as it was typed */
  answer(given, how, said = how === "node" ? given : given.replace("-", "−")) {
    const { player, question: ask } = this;
    const { data: { texts, slips = {} }, panel, words } = player;
    if (!ask || !this.open) return;
    const { verdict, slip, why } = judged(ask, texts, given, how);
    const shown = ask.right?.[0] ?? texts[ask.answer][1][0];
    if (how === "sign") said = words[SIGNS[Number(given) + 1]];
    if (verdict !== "coarse") this.open.tries += 1;
    this.#note(said, verdict, slip);
    if (verdict === "coarse") return void panel.say(false, words.coarse);
    const right = verdict === "right";
    const last = right || this.open.tries === 2;
    const names = { typed: said, answer: shown };
    const told = panel.say(right, [
      fill(words[right ? "right" : last ? "revealed" : "wrong"], how === "node" && right ? { answer: said } : names),
      how === "node" ? (right && said !== shown ? fill(words.also, names) : why)
        : slip ? fill(words[how === "sign" ? "signed" : "exactly"], { slip: fill(slips[slip] ?? slip, ask.names) }) : "",
      last ? "" : words.again].filter(Boolean).join(" "));
    if (!last) return void this.element.querySelector("input")?.select();
    player.goTo(player.after(player.step));
    this.element.replaceChildren(told);
  }

  /** What stands in the field is the answer. No form is sent: a sandboxed frame, which a notebook's output is, may forbid it. */
  typed() {
    const { value } = /** @type {HTMLInputElement} */ (this.element.querySelector("input"));
    const number = readNumber(value);
    if (number !== null) this.answer(number, "number", value.trim());
    else this.refuse(value);
  }

  /** @param {string} typed what is no number */
  refuse(typed) {
    const { panel, words } = this.player;
    panel.say(false, fill(words.expected, { name: words.yours, typed }));
  }

  /** Keep it, for the student and for Python. @param {string} said @param {string} verdict @param {string | null} slip */
  #note(said, verdict, slip) {
    const { data, options } = this.player;
    const { step, tries, since } = /** @type {{step: number, tries: number, since: number}} */ (this.open);
    const { text: question, kind, answer, right } = /** @type {Ask} */ (this.question);
    this.#attempts = [...this.#attempts, { level: levelOf(data), step, question, kind, said, verdict, slip, tries,
      answer: right?.[0] ?? data.texts[answer][0], milliseconds: Math.round(performance.now() - since) }];
    options.onAttempts?.(this.#attempts);
  }

  download() {
    const made = JSON.stringify({ title: this.player.data.title, attempts: this.#attempts }, null, 1);
    const file = new Blob([made], { type: "application/json" });
    const link = /** @type {HTMLAnchorElement} */ (html("a", { href: URL.createObjectURL(file), download: "predictions.json" }));
    link.click();
    URL.revokeObjectURL(link.href);
  }
}
