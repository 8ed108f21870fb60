// Keeps the sales queue still under the reader's hands: the current row stays current after a swap, and new leads wait
// behind a button while somebody points at the list or has a row in focus.
(function () {
  "use strict";

  let currentId = "";
  let currentPlace = 0;
  let held = null;

  function board() {
    return document.getElementById("queue-board");
  }

  function rowIds(root) {
    return [...root.querySelectorAll("[data-row]")].map((row) => row.id);
  }

  function isBusy() {
    const list = board() && board().querySelector("[data-queue]");
    return Boolean(list) && (list.matches(":hover") || list.contains(document.activeElement));
  }

  function offer(count) {
    const button = document.querySelector("[data-show-new]");
    button.hidden = count === 0;
    button.querySelector("[data-count]").textContent = String(count);
  }

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, serverResponse, requestConfig, xhr } = event.detail;
    if (target !== board()) return;
    const row = document.querySelector("[data-row].is-current");
    currentId = row ? row.id : "";
    currentPlace = row ? rowIds(document).indexOf(row.id) : 0;
    if (requestConfig.verb !== "get" || xhr.status !== 200 || held === "open") return;
    const next = new DOMParser().parseFromString(serverResponse, "text/html");
    const known = new Set(rowIds(document));
    const fresh = rowIds(next).filter((id) => !known.has(id)).length;
    if (fresh && isBusy()) {
      event.detail.shouldSwap = false;
      offer(fresh);
    }
  });

  // Not before it settles: until then htmx has rows that stay in their old classes.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "queue-board") return;
    held = null;
    offer(0);
    const rows = [...board().querySelectorAll("[data-row]")];
    // Where the current row has left, the one that took its place is next.
    const row = currentId && (document.getElementById(currentId) || rows[Math.min(currentPlace, rows.length - 1)]);
    if (row) row.classList.add("is-current");
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-show-new]")) return;
    held = "open";
    window.htmx.trigger(board(), "refresh");
  });
})();
