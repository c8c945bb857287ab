// @ts-check
/** The message as Python joined it (pack.py), taken apart again. */
/** @import { Data } from "./message.js" */

/** @param {string} text @returns {Data} */
export function unpack(text) {
  const [[once], shapes, rows] = text.split("\n\n").map((part) => part.split("\n"));
  const cut = shapes.map((shape) => shape.split("~"));  // once, as there are many rows of a shape
  let at = 0;
  const next = () => {
    const [shape, ...numbers] = rows[at].split(" ");
    at += 1;
    return JSON.parse(cut[Number(shape)].reduce((text, part) => text + numbers[part.charCodeAt(0) - 97] + part.slice(1)));
  };
  const data = JSON.parse(once);
  for (const list of ["nodes", "edges", "steps"]) if (list in data) data[list] = Array.from({ length: data[list] }, next);
  for (const part of ["whole", "ask"]) {
    for (const step of data.steps ?? []) {
      const found = next();
      if (found) step[part] = found;
    }
  }
  return data;
}
