// @ts-check
// JupyterLab loads this file as it stands: it is what a bundler would write around the plugin, which is a module.
{
  const here = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : location.href;
  const container = {
    init() {},
    get: async () => {
      const plugin = await import(new URL("lecture.js", here).href);
      return () => ({ __esModule: true, default: plugin.default });
    },
  };
  const all = Reflect.get(window, "_JUPYTERLAB") ?? {};
  Object.assign(window, { _JUPYTERLAB: Object.assign(all, { "nnteach-lecture": container }) });
}
