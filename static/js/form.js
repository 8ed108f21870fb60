// A form on its own page or in an iframe. It works without this: here it only counts how far people get, tells the page
// around an iframe how high it is, and remembers in this browser which questions were answered, where the form says so.
(function () {
  "use strict";

  const store = "leadcrm.known";
  const form = document.querySelector("form[data-form]");
  const isFramed = window.parent !== window;

  function stored() {
    try {
      return localStorage.getItem(store) || "";
    } catch {
      return ""; // storage is switched off
    }
  }

  function keep(token) {
    try {
      localStorage.setItem(store, token);
    } catch {
      // as above: the next form asks everything
    }
  }

  function tellParent(told) {
    // Nothing here is secret: a height, that it was sent, and what this browser itself answered.
    if (isFramed) window.parent.postMessage({ leadcrm: told }, "*");
  }

  function tellHeight() {
    tellParent({ height: document.documentElement.getBoundingClientRect().height });
  }

  // Steps are sent together, at the latest when the page is left.
  const steps = new Set();
  let waiting = [];
  let timer = 0;

  function flush() {
    clearTimeout(timer);
    timer = 0;
    if (!waiting.length) return;
    const body = new URLSearchParams({ _t: form.dataset.token, steps: waiting.join(",") });
    waiting = [];
    navigator.sendBeacon(form.dataset.counts, body);
  }

  function count(step) {
    if (steps.has(step)) return;
    steps.add(step);
    waiting.push(step);
    if (!timer) timer = setTimeout(flush, 1500);
  }

  function watchSteps() {
    form.addEventListener("input", () => count("start"));
    form.addEventListener("change", (event) => {
      const name = event.target.name || "";
      if (name && !name.startsWith("_") && event.target.value) count(`field:${name}`);
    });
    form.addEventListener("submit", flush);
    window.addEventListener("pagehide", flush);
    const said = document.createElement("input");
    said.type = "hidden";
    said.name = "_s";
    said.value = "1";
    form.append(said);
  }

  // A second press while the first is on its way sends nothing; a page that comes back from the cache may be sent again.
  function sendOnce() {
    const button = form.querySelector("button");
    form.addEventListener("submit", (event) => {
      if (form.dataset.sending) event.preventDefault();
      form.dataset.sending = "1";
      if (button) button.setAttribute("aria-busy", "true");
    });
    window.addEventListener("pageshow", () => {
      delete form.dataset.sending;
      if (button) button.removeAttribute("aria-busy");
    });
  }

  function goToFirstMistake() {
    const wrong = form.querySelector('[aria-invalid="true"]');
    if (wrong) wrong.focus({ preventScroll: isFramed });
  }

  // Ask only what this browser has not answered: once, by the same page with the token in its address.
  function askTheRest() {
    const here = new URL(location.href);
    if (isFramed || !form.hasAttribute("data-progressive") || here.searchParams.has("known") || !stored()) return;
    here.searchParams.set("known", stored());
    location.replace(here);
  }

  function forget() {
    for (const link of document.querySelectorAll("[data-forget]")) {
      link.addEventListener("click", () => {
        try {
          localStorage.removeItem(store);
        } catch {
          // there is nothing to forget
        }
        tellParent({ forget: true });
      });
    }
  }

  function thank() {
    const done = document.querySelector("[data-sent]");
    if (!done) return;
    const token = location.hash.slice(1);
    if (token && done.hasAttribute("data-keeps-known")) {
      keep(token);
      history.replaceState(null, "", location.pathname + location.search);
    }
    tellParent({ sent: done.dataset.sent, known: token, go: done.dataset.go || "" });
  }

  if (form) {
    askTheRest();
    if (form.dataset.counts) watchSteps();
    sendOnce();
    goToFirstMistake();
    forget();
  }
  thank();
  if (isFramed) {
    new ResizeObserver(tellHeight).observe(document.documentElement);
    tellHeight();
  }
})();
