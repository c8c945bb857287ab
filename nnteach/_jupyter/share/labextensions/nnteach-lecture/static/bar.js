// @ts-check
// What lecture mode has in common in JupyterLab (lecture.js here) and on the site (docs/lecture.js): which keys turn the
// page, what is on a page, and the bar below it.

export const FORWARD = ["PageDown", "ArrowRight", " "], BACK = ["PageUp", "ArrowLeft"];

/** Which idea each part belongs to: prose begins one, code and what it gave belong to the prose before; what is never
 * shown belongs to none, -1.
 * @param {{prose: boolean, hidden?: boolean}[]} parts */
export function ideasOf(parts) {
  let idea = -1;
  return parts.map(({ prose, hidden }) => (hidden ? -1 : prose || idea < 0 ? ++idea : idea));
}

/** The bar, and in it the place for "3 of 12".
 * @param {(by: number) => void} turn @param {() => void} end */
export function makeBar(turn, end) {
  const bar = document.createElement("div"), place = document.createElement("span");
  bar.className = "nnteach-lecture-bar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", "Lecture");
  place.setAttribute("role", "status");
  bar.append(button("← Back", () => turn(-1)), place, button("On →", () => turn(1)), button("End (F2)", end));
  return { bar, place };
}

/** Act as asked by a player that has the focus: F2 was pressed, or the clicker where there is no more step.
 * @param {(method: string) => void} act with "lecture", "next" or "prev" */
export function onHandedOn(act) {
  addEventListener("message", ({ data }) => {
    const asked = /^\{"method":"(lecture|next|prev)"\}$/.exec(data);
    if (asked) act(asked[1]);
  });
}

/** @param {string} words @param {() => void} act */
export function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}
