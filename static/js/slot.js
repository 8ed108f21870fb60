// A panel that could not be had says so, keeps what it showed, and can be asked for again.
(function () {
  "use strict";

  function tellFailure(event) {
    const slot = event.detail.elt.closest(".slot");
    const words = document.getElementById("slot-failed");
    if (slot && words && !slot.querySelector("[data-failed]")) slot.prepend(words.content.cloneNode(true));
  }

  document.addEventListener("htmx:responseError", tellFailure);
  document.addEventListener("htmx:sendError", tellFailure);

  document.addEventListener("click", (event) => {
    const retry = event.target.closest("[data-retry]");
    if (retry) window.htmx.trigger(retry.closest(".slot"), "retry");
  });
})();
