// Keys. A control names its key in data-key; a nav link the key after G in data-go; a list its rows in data-row.
// Single keys rest in text fields and dialogs, and can be switched off for good (WCAG 2.1.4).
(function () {
  "use strict";

  const root = document.documentElement;
  let afterG = 0;

  function isTyping(target) {
    return target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") || target.closest("dialog[open]");
  }

  function isShown(element) {
    return element.getClientRects().length > 0;
  }

  function find(selector, within) {
    return [...(within || document).querySelectorAll(selector)].find(isShown);
  }

  function currentRow() {
    return find("[data-row].is-current");
  }

  function move(step) {
    const rows = [...document.querySelectorAll("[data-row]")].filter(isShown);
    if (!rows.length) return false;
    const from = rows.findIndex((row) => row.classList.contains("is-current"));
    const to = from < 0 ? 0 : Math.min(Math.max(from + step, 0), rows.length - 1);
    rows.forEach((row, index) => row.classList.toggle("is-current", index === to));
    rows[to].scrollIntoView({ block: "nearest" });
    const link = rows[to].querySelector("[data-open]");
    if (link) link.focus({ preventScroll: true });
    return true;
  }

  function press(key) {
    const selector = `[data-key="${CSS.escape(key)}"]`;
    const row = currentRow();
    const control = (row && find(selector, row)) || find(`input${selector}`) || find(selector);
    if (!control) return false;
    if (control.matches("input")) control.focus();
    else control.click();
    return true;
  }

  function handle(key) {
    if (afterG > Date.now()) {
      afterG = 0;
      const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
      if (link) link.click();
      return Boolean(link);
    }
    if (key === "g") {
      afterG = Date.now() + 1200;
      return true;
    }
    if (key === "j" || key === "ArrowDown") return move(1) || press("j");
    if (key === "k" || key === "ArrowUp") return move(-1) || press("k");
    if (key === "?") {
      document.getElementById("keys").showModal();
      return true;
    }
    return key.length === 1 && press(key);
  }

  // Esc empties the search, and once it is empty leaves it.
  function leaveSearch(field, event) {
    event.preventDefault();
    if (!field.value) return field.blur();
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || root.classList.contains("keys-off")) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape" && event.target.matches("[data-key='/']")) leaveSearch(event.target, event);
      return;
    }
    if (handle(event.key)) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-show-keys]")) document.getElementById("keys").showModal();
    // A click outside an open menu closes it.
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    }
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-single-keys]")) return;
    root.classList.toggle("keys-off", !event.target.checked);
    window.leadcrm.store("keys", event.target.checked ? "" : "off");
  });

  document.addEventListener("DOMContentLoaded", () => {
    for (const box of document.querySelectorAll("[data-single-keys]")) {
      box.checked = !root.classList.contains("keys-off");
    }
  });
})();
