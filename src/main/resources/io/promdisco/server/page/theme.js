"use strict";

// Not a module: it runs before the first paint, so that no light page flashes up in the dark.

(() => {
  const KEY = "promdisco.theme";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function stored() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage is switched off: the system's choice holds
    }
  }

  const current = () => root.dataset.theme ?? (dark.matches ? "dark" : "light");

  window.switchTheme = () => {
    const next = current() === "dark" ? "light" : "dark";
    root.dataset.theme = next;
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // it holds for this visit
    }
  };

  const choice = stored();
  if (choice === "dark" || choice === "light") root.dataset.theme = choice;
})();
