// @ts-check
/** The inputs of a live player: a field each, and what is wrong with what was typed. */
/** @import { Data, Options, Words } from "./message.js" */

import { html, setAttribute } from "./elements.js";
import { fill, readNumber } from "./lookup.js";

export class Inputs {
  /** @param {Words} words @param {Options} options */
  constructor(words, { onChange }) {
    this.words = words;
    this.onChange = onChange;
    this.element = html("div", { class: "nn-inputs", role: "group", "aria-label": words.inputs });
    this.element.addEventListener("change", (event) => this.#onChange(/** @type {any} */ (event.target)));
  }

  /** A field for every input; the one in which somebody types is left alone. @param {Data["inputs"]} inputs */
  show(inputs) {
    for (const { name, value } of inputs) {
      const field = this.#field(name) ?? this.#addField(name);
      if (field !== document.activeElement) field.value = String(value).replace("-", "−");
    }
  }

  /** @param {string} name */
  #addField(name) {
    const field = html("input", { type: "text", inputmode: "decimal", autocomplete: "off", "data-input": name, size: 8 });
    this.element.append(html("label", {}, html("span", {}, name), field));
    return /** @type {HTMLInputElement} */ (field);
  }

  /** @param {string} name @returns {HTMLInputElement | undefined} */
  #field(name) {
    return [...this.element.querySelectorAll("input")].find((field) => field.dataset.input === name);
  }

  /** @param {HTMLInputElement} field */
  #onChange(field) {
    const name = field.dataset.input ?? "";
    const number = readNumber(field.value);
    setAttribute(field, "aria-invalid", number === null ? "true" : null);
    if (number === null) return this.refuse(name, field.value);
    this.showTrouble("");
    this.onChange?.(name, number);
  }

  /** @param {string} name of an input @param {string} typed what is no number */
  refuse(name, typed) {
    this.showTrouble(fill(this.words.expected, { name, typed }));
  }

  /** What is wrong with an input, or nothing. @param {string} text */
  showTrouble(text) {
    this.element.querySelector("[role=alert]")?.remove();
    if (text) this.element.append(html("p", { role: "alert" }, text));
  }
}
