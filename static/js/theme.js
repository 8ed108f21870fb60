// Stored choices of this browser, applied before the page is painted: light or dark, and single keys on or off.
// Without a stored choice the theme follows the system (css/tokens.css).
(function () {
  "use strict";

  const root = document.documentElement;
  const themes = ["light", "dark"];

  function stored(name) {
    try {
      return localStorage.getItem(name);
    } catch {
      return null; // storage is switched off: the page follows the system
    }
  }

  function store(name, value) {
    try {
      if (value) localStorage.setItem(name, value);
      else localStorage.removeItem(name);
    } catch {
      // as above: the choice lasts until the page is left
    }
  }

  function apply(theme) {
    if (themes.includes(theme)) root.dataset.theme = theme;
    else delete root.dataset.theme;
  }

  function mark() {
    const current = root.dataset.theme || "";
    for (const button of document.querySelectorAll("[data-set-theme]")) {
      button.setAttribute("aria-pressed", String(button.dataset.setTheme === current));
    }
  }

  apply(stored("theme"));
  root.classList.toggle("keys-off", stored("keys") === "off");

  document.addEventListener("DOMContentLoaded", mark);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-set-theme]");
    if (!button) return;
    apply(button.dataset.setTheme);
    store("theme", button.dataset.setTheme);
    mark();
  });

  window.leadcrm = { stored, store };
})();
