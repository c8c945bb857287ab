// @ts-check
// Lecture mode: one idea of the lesson at a time, large, to the end and on into the next lesson.
// F2 or the button begins and ends it; PageDown, PageUp and the arrows turn the page, as a clicker does; b and the point
// turn the wall black.

import { button, ideasOf, keyIn, makeBar, onHandedOn } from "./bar.js";

const sections = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("main > section")]);
const next = /** @type {HTMLAnchorElement | null} */ (document.querySelector('a[rel="next"]'));
const ideaOf = ideasOf(sections.map((section) => ({ prose: section.classList.contains("prose") })));
const last = ideaOf[ideaOf.length - 1];
let now = 0;

const enter = button("Lecture (F2)", begin);
document.querySelector("header")?.insertBefore(enter, document.getElementById("theme"));

const { bar, place, blank } = makeBar(turn, end);
// Where the lesson's own heading is not on the page, a screen reader still finds one.
const heading = document.createElement("h1");
heading.className = "unseen";
heading.textContent = document.querySelector("main h1")?.textContent ?? document.title;
bar.prepend(heading);

function running() {
  return "lecture" in document.documentElement.dataset;
}

function begin() {
  document.documentElement.dataset.lecture = "";
  document.querySelector("main")?.append(bar);
  document.documentElement.requestFullscreen?.().catch(() => {});  // a browser may refuse; the page is large anyway
  show();
}

function end() {
  delete document.documentElement.dataset.lecture;
  bar.remove();
  blank(false);
  for (const section of sections) section.hidden = false;
  sections[ideaOf.indexOf(now)]?.scrollIntoView();  // the place is kept
  if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  enter.focus({ preventScroll: true });
}

/** @param {number} by */
function turn(by) {
  if (now + by > last && next) location.href = `${next.href}#lecture`;
  now = Math.min(Math.max(now + by, 0), last);
  show();
}

function show() {
  sections.forEach((section, i) => { section.hidden = ideaOf[i] !== now; });
  heading.hidden = now === 0;
  place.textContent = `${now + 1} of ${last + 1}`;
  scrollTo(0, 0);
}

function toggle() {
  running() ? end() : begin();
}

/** @param {string} method what a key, or a player that has the keys, asks for */
function act(method) {
  if (method === "lecture") toggle();
  if (!running()) return;
  blank(method === "blank" ? undefined : false);
  if (method === "next") turn(1);
  if (method === "prev") turn(-1);
}

onHandedOn(act);

document.addEventListener("keydown", (event) => {
  const does = keyIn(event);
  if (!does || does === "own" || (!running() && does !== "lecture")) return;
  event.preventDefault();
  act(does);
});

if (location.hash === "#lecture") begin();
