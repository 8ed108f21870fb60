// A form that saves itself (data-autosave): it says how far that has come, keeps what is typed while an answer is on its way,
// and a link waits until everything is saved.
(function () {
  "use strict";

  let sent = new Map();
  let kept = new Map();
  let goOn = null;
  let hasFailed = false;

  function find() {
    return document.querySelector("[data-autosave]");
  }

  function isOurs(element) {
    return Boolean(element) && element.matches("[data-autosave]");
  }

  function fields() {
    const isField = (field) => field.name && !["hidden", "submit", "button"].includes(field.type);
    return [...find().elements].filter(isField);
  }

  function valueOf(field) {
    return field.type === "checkbox" ? field.checked : field.value;
  }

  function values() {
    return new Map(fields().map((field) => [field.name, valueOf(field)]));
  }

  function changed() {
    return fields().filter((field) => sent.get(field.name) !== valueOf(field));
  }

  function isBusy() {
    const form = find();
    return Boolean(form) && (form.classList.contains("htmx-request") || changed().length > 0);
  }

  function say(what) {
    const place = document.getElementById("save-state");
    if (place) place.textContent = place.dataset[what];
  }

  function fill(field, value) {
    const { selectionStart: from, selectionEnd: to } = field;
    if (field.type === "checkbox") field.checked = value;
    else field.value = value;
    if (field === document.activeElement && typeof from === "number") field.setSelectionRange(from, to);
  }

  document.addEventListener("input", (event) => {
    if (isOurs(event.target.form) && changed().length) say("unsaved");
  });

  document.addEventListener("htmx:configRequest", (event) => {
    const cause = event.detail.triggeringEvent;
    if (!isOurs(event.target) || event.detail.elt !== event.target) return;
    const isPressed = cause && cause.type === "submit";
    // htmx sends along the button that has the focus; only one that was pressed is meant.
    if (!isPressed) delete event.detail.parameters.do;
    if (!isPressed && !changed().length) return event.preventDefault();
    sent = values();
    say("saving");
    // Rows move under what is typed: hands off until they have.
    event.target.inert = isPressed && event.detail.parameters.do !== "save";
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isOurs(event.detail.target)) return;
    kept = new Map(changed().map((field) => [field.name, valueOf(field)]));
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    // It is told of every element that came; of the form itself once.
    if (!isOurs(event.target)) return;
    find().inert = false;
    sent = values();
    for (const field of fields()) if (kept.has(field.name)) fill(field, kept.get(field.name));
    if (!changed().length) return;
    say("unsaved");
    find().dispatchEvent(new Event("change"));
  });

  document.addEventListener("draft-saved", () => {
    const go = goOn;
    hasFailed = false;
    goOn = null;
    if (go) setTimeout(go);
  });

  document.addEventListener("draft-refused", () => (goOn = null));

  function fail(event) {
    if (!isOurs(event.detail.elt)) return;
    find().inert = false;
    sent = new Map();
    goOn = null;
    hasFailed = true;
    say("failed");
  }

  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, fail);

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-save-now]")) window.htmx.trigger(find(), "save-now");
    const link = event.target.closest("a[href]");
    const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || (link && link.target === "_blank");
    // After a failure the browser asks instead; otherwise nobody could leave.
    if (!link || isElsewhere || hasFailed || !isBusy()) return;
    event.preventDefault();
    goOn = () => link.click();
    window.htmx.trigger(find(), "save-now");
  });

  window.addEventListener("beforeunload", (event) => {
    if (isBusy() || (find() && find().querySelector("[data-unsaved-mistake]"))) event.preventDefault();
  });

  if (find()) sent = values();
})();
