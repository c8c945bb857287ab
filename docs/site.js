// @ts-check
// The theme: the system's, unless the reader chose another. The page is loaded again, so that its players follow.
const button = /** @type {HTMLButtonElement} */ (document.getElementById("theme"));
const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
button.addEventListener("click", () => {
  const now = document.documentElement.dataset.theme ?? system;
  try {
    localStorage.setItem("nnteach-theme", now === "dark" ? "light" : "dark");
  } catch {
    return;  // nothing may be stored here; the system's theme stays
  }
  location.reload();
});
