// Keeps a live list still under the reader's hands: while somebody points at a row, has one in focus or a menu open, what is
// new waits behind a button. Whatever row was current stays current.
(function () {
  "use strict";

  let currentId = "";
  let isAsked = false;

  function board() {
    return document.querySelector("[data-live]");
  }

  function isBusy() {
    const here = board();
    return Boolean(here.querySelector("[data-row]:hover, [data-row]:focus-within, details[open]"));
  }

  function offer(isNew) {
    document.querySelector("[data-show-new]").hidden = !isNew;
  }

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== board() || event.detail.xhr.status !== 200) return;
    const row = document.querySelector("[data-row].is-current");
    currentId = row ? row.id : "";
    if (isAsked || !isBusy()) return;
    event.detail.shouldSwap = false;
    offer(true);
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "arrivals") return;
    isAsked = false;
    offer(false);
    const row = currentId && document.getElementById(currentId);
    if (row) row.classList.add("is-current");
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-show-new]")) return;
    isAsked = true;
    window.htmx.trigger(board(), "refresh");
  });
})();
