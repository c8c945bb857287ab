// @ts-check
// The theme: the system's, unless the reader chose another. The page is loaded again, so that its players follow.
{
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.getElementById("theme")?.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme ?? system;
    try {
      localStorage.setItem("nnteach-theme", now === "dark" ? "light" : "dark");
    } catch {
      return;  // nothing may be stored here; the system's theme stays
    }
    location.reload();
  });
}
