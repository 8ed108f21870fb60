// The editor comes back whole with every answer: what was open stays open and in its place, and the keyboard goes on where it was.
(function () {
  "use strict";

  let opened = new Set();
  let scrolled = 0;

  // A row is known by its name, as it may have moved.
  function nameOf(row) {
    return row.querySelector("input").value;
  }

  function rows(state) {
    return [...document.querySelectorAll(`#rule-editor .rule-row > details${state}`)];
  }

  function isEditor(event) {
    return event.target.id === "rule-editor";
  }

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isEditor(event)) return;
    opened = new Set(rows("[open]").map(nameOf));
    scrolled = document.querySelector(".rule-rows").scrollTop;
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (!isEditor(event)) return;
    for (const row of rows("")) if (opened.has(nameOf(row))) row.open = true;
    const list = document.querySelector(".rule-rows");
    list.scrollTop = scrolled;
    const next = document.getElementById(list.dataset.focus);
    if (next) next.focus();
  });

  // A change that could not be saved says so and keeps what was typed.
  function tellFailure(event) {
    const rows = event.detail.elt.id === "rule-editor" && document.querySelector(".rule-rows");
    const words = document.getElementById("save-failed");
    if (rows && words && !rows.querySelector("[data-failed]")) rows.prepend(words.content.cloneNode(true));
  }

  document.addEventListener("htmx:responseError", tellFailure);
  document.addEventListener("htmx:sendError", tellFailure);

  // The tabs lead on with the version that the form has by now.
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-tab]");
    const version = document.querySelector("#rule-editor [name=version]");
    if (tab && version) tab.href = tab.href.replace(/version=\d+/, "version=" + version.value);
  });
})();
