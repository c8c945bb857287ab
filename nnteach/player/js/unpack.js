// @ts-check
/** The message as Python joined it (pack.py), taken apart again; what is told at a step only when somebody looks at it. */
/** @import { Data, StepData } from "./message.js" */

/** @type {WeakMap<StepData, () => object>} how to read the rest of a step */
const LATER = new WeakMap();

/** A step with all that is told at it. @template {StepData | undefined} Step @param {Step} step @returns {Step} */
export function inFull(step) {
  const known = /** @type {any} */ (step);
  const later = LATER.get(known);
  LATER.delete(known);
  return later ? Object.assign(known, later()) : step;
}

/** @param {string} text @returns {Data} whose steps have their phase and node; see `inFull` */
export function unpack(text) {
  const [[once], shapes, rows] = text.split("\n\n").map((part) => part.split("\n"));
  const cut = shapes.map((shape) => shape.split("~"));  // once, as there are many rows of a shape
  const read = (/** @type {string[]} */ some) => JSON.parse(`[${some.map((row) => {
    const [shape, ...numbers] = row.split(" ");
    return cut[Number(shape)].reduce((text, part) => text + numbers[part.charCodeAt(0) - 97] + part.slice(1));
  })}]`);
  const data = JSON.parse(once);
  let at = 0;
  for (const list of ["nodes", "edges", "steps"]) if (list in data) data[list] = read(rows.slice(at, at += data[list]));
  const { steps = [] } = data;
  steps.forEach((/** @type {StepData} */ step, /** @type {number} */ index) => LATER.set(step, () => {
    const [rest, whole, ask] = read([0, 1, 2].map((turn) => rows[at + turn * steps.length + index]));
    return { ...rest, ...whole && { whole }, ...ask && { ask } };
  }));
  return data;
}
