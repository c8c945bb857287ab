// @ts-check
// Lecture mode in JupyterLab: F2 fills the window with the notebook, one idea at a time, and at its end opens the next
// lesson of the course page. PageDown, PageUp and the arrows turn the page, as a clicker does; Shift+Enter runs a cell
// and stays.

import { BACK, FORWARD, ideasOf, makeBar, onHandedOn } from "./bar.js";

const CLASS = "nnteach-lecture";
const COURSE_PAGE = /^course(-\d{3})?\.md$/;

/** The notebook that follows `path` among the links of the course page; null if none does, or `path` is not there.
 * @param {string} page Markdown @param {string} path */
function following(page, path) {
  const links = [...page.matchAll(/^- .*?\]\((notebooks\/[^)#]+\.ipynb)\)/gm)].map((match) => match[1]);
  return (links.includes(path) && links[links.indexOf(path) + 1]) || null;
}

/** One lecture: a notebook panel that fills the window, and where in it we are. */
class Lecture {
  end = () => this.stop();
  keys = (/** @type {KeyboardEvent} */ event) => this.onKey(event);

  /** @param {any} app @param {any} panel of the notebook @param {(panel: any) => void} ended told the panel of the next lecture */
  constructor(app, panel, ended) {
    this.app = app;
    this.panel = panel;
    this.ended = ended;
    this.notebook = panel.content;
    this.config = this.notebook.notebookConfig;
    if (this.config.windowingMode === "full")  // it knows nothing of cells that are away, and leaves others out
      this.notebook.notebookConfig = { ...this.config, windowingMode: "none" };
    this.ideas = ideasOf(this.notebook.widgets.map((/** @type {any} */ cell) => ({
      prose: cell.model.type === "markdown", hidden: (cell.model.getMetadata("tags") ?? []).includes("colab") })));
    this.last = Math.max(...this.ideas);
    this.now = Math.max(this.ideas[this.notebook.activeCellIndex] ?? 0, 0);
    panel.node.classList.add(CLASS);
    document.body.dataset.nnteachLecture = "";
    const { bar, place } = makeBar((by) => this.turn(by), this.end);
    this.bar = bar;
    this.place = place;
    document.body.append(bar);
    document.addEventListener("keydown", this.keys, true);
    panel.disposed.connect(this.end);
    this.show();
  }

  show() {
    this.notebook.widgets.forEach((/** @type {any} */ cell, /** @type {number} */ i) =>
      cell.node.classList.toggle("nnteach-away", this.ideas[i] !== this.now));
    this.select(0);
    this.place.textContent = `${this.now + 1} of ${this.last + 1}`;
    this.notebook.node.querySelector(".jp-WindowedPanel-outer")?.scrollTo(0, 0);
  }

  /** Make a code cell of this idea the active one, so that Shift+Enter runs what is in sight.
   * @param {number} after a cell's number; the first code cell behind it */
  select(after) {
    const inSight = this.ideas.flatMap((idea, i) => (idea === this.now ? [i] : []));
    const code = inSight.filter((i) => this.notebook.widgets[i].model.type === "code");
    this.notebook.mode = "command";
    this.notebook.deselectAll();
    this.notebook.activeCellIndex = code.find((i) => i >= after) ?? code.at(-1) ?? inSight[0];
    this.notebook.node.focus({ preventScroll: true });
  }

  /** @param {number} by */
  async turn(by) {
    const next = this.now + by;
    if (next > this.last) return this.goOn();
    this.now = Math.max(next, 0);
    this.show();
  }

  /** Into the next lesson. At the end of the course the last idea stays. */
  async goOn() {
    const path = await nextLesson(this.app, this.panel.context.path);
    if (!path) return;
    const panel = await this.app.commands.execute("docmanager:open", { path });
    await panel.context.ready;
    await panel.revealed;
    this.stop(false);
    panel.content.activeCellIndex = 0;
    this.ended(panel);
  }

  /** Run the active cell and make the next one of this idea active; what it gives stays in sight. */
  run() {
    const at = this.notebook.activeCellIndex;
    this.app.commands.execute("notebook:run-cell");
    this.select(at + 1);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const typing = event.target instanceof HTMLElement
      && event.target.closest("input, select, textarea, [contenteditable], button, summary");
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "F2") this.stop();
    else if (event.key === "Enter" && event.shiftKey) this.run();
    else if (typing) return;
    else if (FORWARD.includes(event.key)) this.turn(1);
    else if (BACK.includes(event.key)) this.turn(-1);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** @param {boolean} leave the lecture; otherwise it goes on in another notebook */
  stop(leave = true) {
    document.removeEventListener("keydown", this.keys, true);
    this.panel.disposed.disconnect(this.end);
    this.bar.remove();
    this.panel.node.classList.remove(CLASS);
    delete document.body.dataset.nnteachLecture;
    if (!this.notebook.isDisposed) {
      for (const cell of this.notebook.widgets) cell.node.classList.remove("nnteach-away");
      if (this.notebook.notebookConfig !== this.config) this.notebook.notebookConfig = this.config;
    }
    if (!leave) return;
    this.ended(null);
    if (!this.panel.isDisposed) this.notebook.activate();  // the keys go to it, and no longer to a button that is gone
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  }
}

/** The lesson after `path` on the course page that `nnteach lab` opened, or on another one that lists it.
 * @param {any} app @param {string} path */
async function nextLesson(app, path) {
  const { contents } = app.serviceManager;
  const { content } = await contents.get("");
  const pages = content.map((/** @type {any} */ each) => each.name).filter((/** @type {string} */ name) =>
    COURSE_PAGE.test(name));
  const opened = sessionStorage.getItem("nnteach-course-page");
  for (const name of pages.includes(opened) ? [opened, ...pages] : pages) {
    const next = following((await contents.get(name)).content, path);
    if (next) return next;
  }
  return null;
}

/** Remember which course page JupyterLab was opened with: its lessons are what "next" means. */
function rememberCoursePage() {
  const name = location.pathname.split("/").pop() ?? "";
  if (COURSE_PAGE.test(name)) sessionStorage.setItem("nnteach-course-page", name);
}

/** @param {any} app JupyterLab */
function activate(app) {
  rememberCoursePage();
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = new URL("lecture.css", import.meta.url).href;
  document.head.append(style);
  /** @type {Lecture | null} */
  let lecture = null;
  const begin = (/** @type {any} */ panel) => { lecture = panel && new Lecture(app, panel, begin); };
  const isNotebook = () => app.shell.currentWidget?.content?.widgets && app.shell.currentWidget.context;
  app.commands.addCommand("nnteach:lecture", {
    label: "Lecture (F2)",
    caption: "From the notebook to the projector: one idea at a time (F2)",
    isEnabled: () => Boolean(isNotebook()),
    isToggled: () => Boolean(lecture),
    execute: async () => {
      if (lecture) return lecture.stop();
      const panel = app.shell.currentWidget;
      await panel.context.ready;
      begin(panel);
      await document.documentElement.requestFullscreen?.().catch(() => {});  // if refused, the window is filled
    },
  });
  onHandedOn((method) => {
    if (method === "lecture") app.commands.execute("nnteach:lecture");
    else lecture?.turn(method === "next" ? 1 : -1);
  });
  document.addEventListener("fullscreenchange", () => {  // Esc, which a browser keeps to itself
    if (!document.fullscreenElement) lecture?.stop();
  });
}

export default { id: "nnteach-lecture:plugin", autoStart: true, activate };
