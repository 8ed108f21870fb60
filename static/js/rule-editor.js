// The editor saves by itself and comes back whole: what was open stays open, and what is being typed stays typed.
(function () {
  "use strict";

  let opened = [];
  let typing = null;

  function isEditor(event) {
    return event.detail.target && event.detail.target.id === "rule-editor";
  }

  // htmx sends along the button that has the focus; only one that was pressed is meant.
  document.addEventListener("htmx:configRequest", (event) => {
    const cause = event.detail.triggeringEvent;
    if (event.target.id === "rule-editor" && !(cause && cause.type === "submit")) delete event.detail.parameters.do;
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isEditor(event)) return;
    opened = [...document.querySelectorAll("#rule-editor details[open]")].map((row) => row.id);
    const field = document.activeElement;
    typing = field && field.id && field.form && "value" in field ? { id: field.id, value: field.value } : null;
    if (typing && field.value === field.defaultValue) typing = null;
    if (field && field.tagName === "BUTTON") typing = null;
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (!isEditor(event)) return;
    opened.map((id) => document.getElementById(id)).filter(Boolean).forEach((row) => (row.open = true));
    const field = typing && document.getElementById(typing.id);
    if (field) field.value = typing.value;
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
