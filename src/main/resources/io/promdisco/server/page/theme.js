"use strict";

// Not a module, so that it runs before the first paint and dark mode does not start with a light flash.

(() => {
  const KEY = "promdisco.theme";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function stored() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage is turned off: use the system's choice
    }
  }

  const current = () => root.dataset.theme ?? (dark.matches ? "dark" : "light");

  window.switchTheme = () => {
    const next = current() === "dark" ? "light" : "dark";
    root.dataset.theme = next;
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // it applies to this visit
    }
  };

  const choice = stored();
  if (choice === "dark" || choice === "light") root.dataset.theme = choice;
})();
