// @ts-check
/** The message as Python joined it (pack.py), taken apart again. */
/** @import { Data } from "./message.js" */

/** @param {string} text @returns {Data} */
export function unpack(text) {
  const [[once], shapes, rows] = text.split("\n\n").map((part) => part.split("\n"));
  const cut = shapes.map((shape) => shape.split("~"));  // once, as there are many rows of a shape
  const made = (/** @type {string} */ row) => {
    const [shape, ...numbers] = row.split(" ");
    return cut[Number(shape)].reduce((text, part) => text + numbers[part.charCodeAt(0) - 97] + part.slice(1));
  };
  const data = JSON.parse(once);
  const parts = JSON.parse(`[${rows[0] && rows.map(made)}]`);  // in one go, which is quicker
  const take = (/** @type {number} */ count) => parts.splice(0, count);
  for (const list of ["nodes", "edges", "steps"]) if (list in data) data[list] = take(data[list]);
  for (const part of ["whole", "ask"]) {
    take(data.steps?.length).forEach((found, index) => { if (found) data.steps[index][part] = found; });
  }
  return data;
}
