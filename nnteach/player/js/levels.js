// @ts-check
/** The levels of a message: the first can be shown at once, another is unpacked when somebody wants to see it. */
/** @import { Data } from "./message.js" */

import { inflate } from "./inflate.js";
import { carriedStep } from "./lookup.js";
import { unpack } from "./unpack.js";
import { LEVELS } from "./views.js";

/** A picture that shares its style sheet with another one. @param {string} picture @param {string} first */
const withStyle = (picture, first) => picture.replace("<style/>", () => first.match(/<style>[^]*?<\/style>/)?.[0] ?? "");

/** The name of the level that a message shows. @param {Data} data */
export const levelOf = (data) => data.level ?? "vector";

export class Levels {
  /** @type {Record<string, any>} by name: a level, or still its text; null while even that is packed */
  #all = {};
  first = /** @type {Data} */ ({});  // the one that was sent as it is
  /** @type {{from: Data, step: number, to: Data, arrived: number} | null} where the changes of level began */
  #origin = null;
  wanted = "";  // the level to show as soon as it is there

  /** @param {() => void} onChange when a level has come, or cannot */
  constructor(onChange) {
    this.onChange = onChange;
  }

  /** @param {Data} data */
  load(data) {
    /** @type {Record<string, any>} */
    const all = { [levelOf(data)]: data };
    this.first = data;
    this.#all = all;
    const { levels, folds } = data;
    for (const [name, text] of Object.entries({ ...levels, ...folds && { folds } })) {
      all[name] = text.includes("\n") ? text : null;  // a page has inflated it with all the rest
      const take = (/** @type {string} */ inflated) => {
        if (inflated) all[name] = inflated;
        else delete all[name];  // an old browser shows the first level only
        if (this.#all === all) this.onChange();
      };
      if (!all[name]) inflate(text).then(take, () => take(""));
    }
  }

  /** A level of which only what differs from the first one was sent. @param {any} level @returns {Data} */
  #made({ picture, moments, cells, slopes, ...level }) {
    const { first } = this;
    return { ...first, ...level, moments, cells, slopes, picture: withStyle(picture, first.picture) };
  }

  /** @param {string} name */
  has(name) {
    const all = this.#all;
    if (all.folds && !(name in all)) {
      for (const [fold, level] of Object.entries(unpack(all.folds))) all[fold] = this.#made(level);
      all.folds = "";
    }
    return name in all;
  }

  /** The levels that can be chosen; none where there is only one. */
  get offered() {
    const names = LEVELS.filter((name) => name in this.#all);
    return names.length < 2 ? [] : names;
  }

  /** The level that is wanted, if it is there by now. @returns {Data | null | undefined} */
  get ready() {
    const { wanted } = this;
    const level = this.#all[wanted];
    return typeof level === "string" ? this.#all[wanted] = this.#made(unpack(level)) : level;
  }

  /**
   * Want a level, and be told at which step it shows this moment; undefined while there is nothing else to show.
   * @param {string} name @param {Data} data @param {number} step
   */
  carry(name, data, step) {
    this.wanted = name;
    const to = this.ready;
    if (!to || to === data) return undefined;
    // Whoever only looks at other levels comes back to where the looking began.
    const { from, step: began } = this.#origin?.to === data && this.#origin.arrived === step ? this.#origin : { from: data, step };
    const arrived = from === to ? began : carriedStep(from, to, began);
    this.#origin = { from, step: began, to, arrived };
    return arrived;
  }
}
