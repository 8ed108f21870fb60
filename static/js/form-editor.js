// The editor keeps nothing before "Save changes" is pressed: whoever leaves with changes is asked first.
(function () {
  "use strict";

  let isChanged = false;
  let isLeavingToSave = false;

  function editor() {
    return document.getElementById("editor");
  }

  document.addEventListener("input", (event) => {
    if (event.target.closest("#edit-form")) isChanged = true;
  });

  document.addEventListener("htmx:afterSwap", () => {
    if (editor() && editor().hasAttribute("data-changed")) isChanged = true;
  });

  document.addEventListener("submit", () => {
    isLeavingToSave = true;
  });

  window.addEventListener("beforeunload", (event) => {
    if (isLeavingToSave || !(isChanged || editor().hasAttribute("data-changed"))) return;
    event.preventDefault();
  });

  // "Edit" beside the allowed sites opens what it leads to.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#id_"]');
    const target = link && document.querySelector(link.getAttribute("href"));
    if (!target) return;
    for (let part = target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    event.preventDefault();
    target.focus();
  });
})();
