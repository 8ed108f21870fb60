// The chat inside its frame: keeps the last line in sight, puts the cursor where the answer goes, sends with Enter, and
// tells the website's chat.js (which alone may ask) by which token the conversation goes on.
(function () {
  "use strict";

  let website = "";

  function tell(message) {
    if (website) window.parent.postMessage({ leadcrm: "chat", ...message }, website);
  }

  function tellToken() {
    const reply = document.getElementById("reply");
    if (reply && reply.dataset.token) tell({ token: reply.dataset.token });
  }

  function settle(isFirst) {
    const scroll = document.getElementById("scroll");
    if (scroll) scroll.scrollTop = scroll.scrollHeight;
    const answer = document.querySelector("[data-answer]");
    if (!isFirst) (answer || document.getElementById("chat")).focus({ preventScroll: true });
    tellToken();
  }

  // The website's first word names where it is from; from then on it alone is answered.
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || !event.data || event.data.leadcrm !== "chat") return;
    website = event.origin;
    tellToken();
    if (event.data.focus) {
      const answer = document.querySelector("[data-answer]");
      if (answer) answer.focus({ preventScroll: true });
    }
  });

  document.addEventListener("DOMContentLoaded", () => settle(true));
  document.addEventListener("htmx:afterSettle", () => settle(false));

  document.addEventListener("htmx:sendError", () => {
    const reply = document.getElementById("reply");
    if (!reply || reply.querySelector("[data-offline]")) return;
    const note = document.createElement("p");
    note.className = "chat-error";
    note.setAttribute("role", "alert");
    note.dataset.offline = "";
    note.textContent = "The answer could not be sent. Please try again when the connection is back.";
    reply.prepend(note);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-restart]")) tell({ token: "" });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") tell({ close: true });
    const isSend = event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.matches("textarea");
    if (!isSend) return;
    event.preventDefault();
    event.target.form.requestSubmit(event.target.form.querySelector(".chat-send"));
  });
})();
