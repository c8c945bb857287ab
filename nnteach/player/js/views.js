// @ts-check
/** The other two views: the table of all numbers, and the keys. */
/** @import { Data, NodeData, Words } from "./message.js" */

import { UNKNOWN, html, setAttribute } from "./elements.js";
import { entryAt, isRounded } from "./lookup.js";
import { stateOf, stateWord } from "./picture.js";
import { inFull } from "./unpack.js";

/** All numbers as a table, and all steps as a list. */
export class Table {
  /** @param {Data} data @param {Words} words */
  constructor(data, words) {
    this.data = data;
    this.words = words;
    this.rows = new Map([...data.nodes, ...data.memory ?? []].map((node) => [node.name, html("tr")]));
    const heads = ["name", "operation", "value", "gradient", "state"].map((key) => html("th", { scope: "col" }, words[key]));
    this.steps = data.steps.map(inFull).map(({ phase, now }, index) =>
      html("button", { type: "button", "data-goto": index + 1 }, html("small", {}, words[phase] ?? phase), ` ${now}`));
    this.element = html("div", { class: "nn-table", tabindex: "0", role: "region", "aria-label": words.table },
      html("table", {}, html("thead", {}, html("tr", {}, ...heads)), html("tbody", {}, ...this.rows.values())),
      html("section", {}, html("h2", {}, words.steps), html("ol", {}, ...this.steps.map((button) => html("li", {}, button)))));
  }

  /** @param {NodeData[]} nodes those to show anew @param {number} step */
  show(nodes, step) {
    for (const node of nodes) {
      const [, state, value, gradient] = entryAt(node.timeline, step);
      const row = /** @type {Element} */ (this.rows.get(node.name));
      setAttribute(row, "data-state", stateOf(state));
      row.replaceChildren(html("th", { scope: "row" }, node.name), html("td", {}, node.operation),
        this.#number(value, "nn-value"), this.#number(gradient, "nn-gradient"), html("td", {}, stateWord(state, this.words)));
    }
    this.steps.forEach((button, index) => setAttribute(button, "aria-current", index + 1 === step ? "step" : null));
  }

  /** @param {number | null} place @param {string} role */
  #number(place, role) {
    if (place === null) return html("td", { class: role, "aria-label": this.words.unknown }, UNKNOWN);
    const [full, lines] = this.data.texts[place];
    const cell = html("td", { class: role }, lines.join("\n"));
    const cells = this.data.heat?.[place]?.[1].replaceAll("/", "\n");
    if (cells || isRounded(full, lines)) cell.append(html("small", {}, cells || full));
    return cell;
  }
}

const HELP = [
  ["next", "→", "PageDown"], ["previous", "←", "PageUp"], ["nextPhase", "Shift →"], ["previousPhase", "Shift ←"],
  ["first", "Home"], ["last", "End"], ["play", "Space"], ["table", "t"], ["fullscreen", "f"], ["blank", ".", "b"], ["predict", "p"],
  ["grain", "g"], ["fold", "o"], ["nextIteration", "i"], ["previousIteration", "Shift i"], ["cellAfter", "c"], ["cellBefore", "Shift c"],
  ["help", "?"], ["close", "Esc"], ["scalar", "1"], ["vector", "2"], ["neuron", "3"], ["layer", "4"],
];
export const LEVELS = ["scalar", "vector", "neuron", "layer"];
const SPEEDS = [0.5, 1, 2, 4];

/** What the keys do; every one of them as a button too. @param {Words} words @param {Set<string>} missing */
export function helpView(words, missing) {
  const offered = HELP.filter(([action]) => !missing.has(action));
  const rows = offered.map(([action, ...keys]) => html("li", {},
    html("span", {}, ...keys.flatMap((key) => [html("kbd", {}, key), " "])),
    html("button", { type: "button", "data-action": action }, words[action])));
  const speeds = SPEEDS.map((speed) => html("button", { type: "button", "data-speed": speed }, String(speed)));
  return html("div", { class: "nn-help", tabindex: "0", role: "region", "aria-label": words.help },
    html("h2", {}, words.help), html("ul", {}, ...rows), html("p", {}, words.nodes),
    html("p", { class: "nn-speed" }, words.speed, ...speeds),
    html("button", { type: "button", "data-action": "download" }, words.download));
}
