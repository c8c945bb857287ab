// @ts-check
/** What the page around a player or a quiz looks like. JupyterLab writes it on its body, and may change while it is open. */

/** "light", "dark", or "auto" where the page does not say. */
export function themeAround() {
  const light = document.body.dataset.jpThemeLight;
  return light === "true" ? "light" : light === "false" ? "dark" : "auto";
}

/** Tell of every change, until what is returned is called. @param {(theme: string) => void} tell */
export function followAround(tell) {
  const watch = new MutationObserver(() => tell(themeAround()));
  watch.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  return () => watch.disconnect();
}

/** Tell a sandboxed frame, which sees nothing of the page. One that a notebook takes out and puts back is loaded anew. @param {HTMLIFrameElement} frame */
export function tellFrame(frame) {
  let stop = () => {};
  const tell = () => frame.isConnected ? frame.contentWindow?.postMessage({ theme: themeAround() }, "*") : stop();
  frame.addEventListener("load", () => {
    stop();
    stop = followAround(tell);
    tell();
  });
}
