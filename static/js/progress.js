// The 2 px bar at the top while htmx waits, and a plain sentence when the server could not be reached.
(function () {
  "use strict";

  let waiting = 0;

  function show(change) {
    waiting = Math.max(waiting + change, 0);
    const bar = document.getElementById("progress");
    if (bar) bar.classList.toggle("is-on", waiting > 0);
  }

  function isPoll(event) {
    return Boolean(event.detail.elt.closest("[data-poll]")) && event.detail.requestConfig.verb === "get";
  }

  function offline(isOffline) {
    const banner = document.getElementById("offline");
    if (banner) banner.hidden = !isOffline;
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isPoll(event)) show(1);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!isPoll(event)) show(-1);
    if (event.detail.successful) offline(false);
  });
  document.addEventListener("htmx:sendError", () => offline(true));
  window.addEventListener("online", () => offline(false));
  window.addEventListener("offline", () => offline(true));
})();
