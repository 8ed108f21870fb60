// A form at a stand. A card is on this tablet before anybody is thanked for it, and leaves it only once the server
// says that it is stored; the id made here lets it count once, however often it is sent.
(function () {
  "use strict";

  const store = window.kioskStore;
  const body = document.body;
  const form = document.querySelector("[data-card]");
  const often = 10_000; // ms between tries
  const patience = 2500; // ms for which a mistake may still be told to the person at the stand
  const forgetAfter = 120_000; // ms after which a card that nobody goes on with is cleared
  const thanksFor = 8000; // ms
  const most = 20; // cards a request

  let sending = null;
  let mended = null; // the id of the card that is being mended
  let timers = {};

  const one = (selector, within = document) => within.querySelector(selector);
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  function newId() {
    if (crypto.randomUUID) return crypto.randomUUID();
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function show(screen) {
    for (const part of document.querySelectorAll("[data-screen]")) part.hidden = part.dataset.screen !== screen;
    window.scrollTo(0, 0);
  }

  function tell(state, words) {
    for (const part of document.querySelectorAll("[data-shown]")) part.hidden = part.dataset.shown !== state;
    if (words) one("[data-over-words]").textContent = words;
  }

  async function count() {
    const cards = await store.all();
    const unsent = cards.filter((card) => !card.errors).length;
    const broken = cards.length - unsent;
    const place = one("[data-unsent]");
    place.hidden = unsent === 0;
    place.textContent = `${unsent} card${unsent === 1 ? "" : "s"} to send`;
    one("[data-mend]").hidden = broken === 0;
    one("[data-mend-count]").textContent = `${broken} to mend`;
  }

  function typed() {
    return Object.fromEntries([...new FormData(form)].filter(([name]) => !name.startsWith("_")));
  }

  function fill(values) {
    for (const field of form.elements) {
      if (!field.name || field.type === "hidden") continue;
      if (field.type === "checkbox") field.checked = Boolean(values[field.name]);
      else field.value = values[field.name] || "";
    }
  }

  function showErrors(errors) {
    for (const old of form.querySelectorAll(".field-error")) old.remove();
    for (const field of form.elements) field.removeAttribute("aria-invalid");
    const rest = [];
    for (const [name, words] of Object.entries(errors)) {
      const field = name && form.elements.namedItem(name);
      if (!field) {
        rest.push(words);
        continue;
      }
      field.setAttribute("aria-invalid", "true");
      const line = document.createElement("p");
      line.className = "field-error";
      line.textContent = words;
      field.closest(".form-row, .form-check").append(line);
    }
    const problem = one("[data-problem]");
    problem.hidden = rest.length === 0;
    problem.textContent = rest.join(" ");
    const first = one("[aria-invalid]", form);
    if (first) first.focus();
  }

  async function startOver() {
    mended = null;
    clearTimeout(timers.thanks);
    await store.dropDraft();
    form.reset();
    showErrors({});
    show("form");
  }

  function mend(card) {
    mended = card.id;
    fill(card.typed);
    show("form");
    showErrors(card.errors);
  }

  // Sends what waits and returns once nothing does, or nothing more can be sent.
  async function sendAll() {
    for (;;) {
      const cards = (await store.all()).filter((card) => !card.errors).slice(0, most);
      const answer = await fetch(body.dataset.cards, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ sent_at: new Date().toISOString(), cards }),
      });
      const said = await answer.json().catch(() => ({}));
      if (!answer.ok) return tell(answer.status === 403 ? "over" : "offline", said.error);
      for (const result of said.results) {
        const card = cards.find((one) => one.id === result.id);
        if (result.state === "stored") await store.drop(result.id);
        else await store.mark({ ...card, errors: result.errors });
      }
      tell("online");
      await count();
      if (cards.length < most) return undefined;
    }
  }

  function send() {
    sending = sending || sendAll().catch(() => tell("offline")).finally(() => (sending = null));
    return sending;
  }

  async function keepCard() {
    const card = { id: mended || newId(), at: new Date().toISOString(), typed: typed() };
    await store.keep(card);
    await count();
    // One that is being sent just now may have left without this card.
    if (sending) await Promise.race([sending, wait(patience)]);
    await Promise.race([send(), wait(patience)]);
    const refused = (await store.all()).find((other) => other.id === card.id && other.errors);
    if (refused) return mend(refused);
    mended = null;
    form.reset();
    showErrors({});
    show("thanks");
    one("[data-screen=thanks] h2").focus();
    timers.thanks = setTimeout(startOver, thanksFor);
  }

  function rest() {
    clearTimeout(timers.rest);
    timers.rest = setTimeout(startOver, forgetAfter);
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = one("[data-send]");
    if (button.disabled) return;
    button.disabled = true;
    try {
      await keepCard();
    } catch (error) {
      showErrors({ "": `This card could not be kept on the tablet (${error && error.name}). Write it down on paper.` });
    } finally {
      button.disabled = false;
    }
  });

  form.addEventListener("input", () => {
    rest();
    store.keepDraft({ typed: typed(), mended });
  });

  document.addEventListener("click", async (event) => {
    if (event.target.closest("[data-start-over], [data-next]")) return startOver();
    if (!event.target.closest("[data-mend]")) return undefined;
    const broken = (await store.all()).find((card) => card.errors);
    return broken && mend(broken);
  });

  async function begin() {
    await store.open(body.dataset.kiosk);
    const draft = await store.draft();
    if (draft) {
      mended = draft.mended;
      fill(draft.typed);
      rest();
    }
    tell(navigator.onLine ? "online" : "offline");
    await count();
    body.dataset.ready = "";
    if (navigator.serviceWorker) {
      navigator.serviceWorker.register(body.dataset.worker);
      navigator.serviceWorker.ready.then(() => (body.dataset.keeps = ""));
    }
    window.addEventListener("online", send);
    window.addEventListener("offline", () => tell("offline"));
    setInterval(send, often);
    await send();
  }

  begin();
})();
