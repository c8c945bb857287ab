// @ts-check
/** What Python packed (pack.py) as text again. A notebook's output needs this alone, before it has the player. */

/** @param {string} packed deflated, in base 85 @returns {Promise<string>} */
export async function inflate(packed) {
  const missing = (5 - packed.replaceAll("z", "!!!!!").length % 5) % 5;
  const digits = packed.replace(/[v-z]/g, (sign) => ({ v: '"', w: "&", x: "<", y: "\\", z: "!!!!!" })[sign] ?? "") + "uuuu".slice(0, missing);
  const view = new DataView(new ArrayBuffer(digits.length / 5 * 4));
  for (let at = 0, number = 0; at < digits.length; at += 1) {
    number = number * 85 + digits.charCodeAt(at) - 33;
    if (at % 5 === 4) {
      view.setUint32((at - 4) / 5 * 4, number);
      number = 0;
    }
  }
  const bytes = new Blob([view.buffer.slice(0, view.byteLength - missing)]);
  return new Response(bytes.stream().pipeThrough(new DecompressionStream("deflate"))).text();
}
