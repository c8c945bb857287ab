// @ts-check
/** The levels of a message: the first can be shown at once, the others are unpacked while somebody looks at it. */
/** @import { Data } from "./message.js" */

import { inflate } from "./inflate.js";
import { carriedStep } from "./lookup.js";
import { unpack } from "./unpack.js";
import { LEVELS } from "./views.js";

/** A level that Python packed; a page has unpacked it with all the rest. @param {string} text @returns {Promise<Partial<Data>>} */
const unpacked = async (text) => unpack(text.includes("\n") ? text : await inflate(text));

/** A picture that shares its style sheet with another one. @param {string} picture @param {string} first */
const withStyle = (picture, first) => picture.replace("<style/>", () => first.match(/<style>[^]*?<\/style>/)?.[0] ?? "");

/** The name of the level that a message shows. @param {Data} data */
export const levelOf = (data) => data.level ?? "vector";

export class Levels {
  /** @type {Record<string, Data | null>} by name; null while a level is still being unpacked */
  #all = {};
  /** @type {{from: Data, step: number, to: Data, arrived: number} | null} where the changes of level began */
  #origin = null;
  wanted = "";  // the level to show as soon as it is unpacked

  /** @param {() => void} onReady when the wanted level is there @param {() => void} onLost when one cannot be unpacked */
  constructor(onReady, onLost) {
    this.onReady = onReady;
    this.onLost = onLost;
  }

  /** @param {Data} data */
  load(data) {
    /** @type {Record<string, Data | null>} */
    const all = { [levelOf(data)]: data };
    this.#all = all;
    const made = (/** @type {any} */ { picture, moments, cells, slopes, ...level }) =>
      ({ ...data, ...level, moments, cells, slopes, picture: withStyle(picture, data.picture) });
    const take = (/** @type {string} */ name, /** @type {any} */ level) => {
      all[name] = made(level);
      if (this.wanted === name && this.#all === all) this.onReady();
    };
    for (const [name, text] of Object.entries(data.levels ?? {})) {
      all[name] = null;
      unpacked(text).then((level) => take(name, level)).catch(() => {
        delete all[name];  // an old browser shows the first level only
        this.onLost();
      });
    }
    if (data.folds) unpacked(data.folds).then((folds) => Object.entries(folds).forEach((fold) => take(...fold)), () => {});
  }

  /** @param {string} name */
  has(name) {
    return name in this.#all;
  }

  /** The levels that can be chosen; none where there is only one. */
  get offered() {
    const names = LEVELS.filter((name) => name in this.#all);
    return names.length < 2 ? [] : names;
  }

  /** The level that is wanted, if it is there by now. */
  get ready() {
    return this.#all[this.wanted];
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
