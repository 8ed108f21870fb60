// Puts a chat on a website: <script src=".../chat.js" data-dialogue="qualify" async></script>
// Before a visitor opens it nothing is stored and no frame is loaded. Afterwards sessionStorage keeps the conversation's
// signed token, so that it goes on after a change of page, and ends with the tab. No inline style, no eval: a website's
// strict Content-Security-Policy needs to name our address in script-src and frame-src, and nothing else.
(function () {
  "use strict";

  const script = document.currentScript || document.querySelector('script[data-dialogue][src$="chat.js"]');
  const dialogue = script && script.dataset.dialogue;
  if (!dialogue) return console.warn("LeadCRM chat: the script needs data-dialogue.");
  const base = new URL(`chat/w/${encodeURIComponent(dialogue)}/`, script.src);
  const key = `leadcrm-chat:${dialogue}`;

  const STYLE = `
    :host { all: initial; position: fixed; z-index: 2147483000; right: 20px; bottom: 20px; color-scheme: light dark;
      font: 600 14px/20px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
    button { font: inherit; border: 0; cursor: pointer; color: #fff; background: var(--chat, #0f6650); }
    button:focus-visible { outline: 3px solid #fff; outline-offset: -4px; box-shadow: 0 0 0 2px #1f1e1a; }
    .launcher { display: flex; align-items: center; gap: 8px; min-height: 48px; padding: 0 20px; border-radius: 99px;
      box-shadow: 0 4px 16px rgb(0 0 0 / 25%); }
    svg { width: 20px; height: 20px; fill: none; stroke: currentcolor; stroke-width: 2; stroke-linecap: round;
      stroke-linejoin: round; }
    .panel { position: fixed; right: 20px; bottom: 80px; width: 380px; height: min(600px, calc(100vh - 100px));
      overflow: hidden; border-radius: 12px; background: light-dark(#fff, #1d1c19);
      box-shadow: 0 12px 36px rgb(0 0 0 / 30%); }
    [hidden] { display: none !important; }
    iframe { display: block; width: 100%; height: 100%; border: 0; }
    .close { position: absolute; top: 4px; right: 4px; display: grid; place-items: center; width: 44px; height: 44px;
      border-radius: 8px; }
    @media (max-width: 480px) {
      .panel { inset: 0; width: auto; height: auto; border-radius: 0; }
      :host([open]) .launcher { display: none; }
    }`;

  function remembered() {
    try {
      return JSON.parse(sessionStorage.getItem(key)) || {};
    } catch {
      return {}; // storage is switched off: the conversation lasts as long as the page
    }
  }

  function remember(change) {
    try {
      sessionStorage.setItem(key, JSON.stringify({ ...remembered(), ...change }));
    } catch {
      // as above
    }
  }

  // Who the website's own tracking takes the visitor for, so that both tell of one person.
  function visitor() {
    try {
      const ours = window.leadcrm && window.leadcrm.anonymousId;
      if (ours) return String(typeof ours === "function" ? ours.call(window.leadcrm) : ours);
      const segment = window.analytics && window.analytics.user;
      return segment ? String(window.analytics.user().anonymousId() || "") : "";
    } catch {
      return ""; // a tracker that is not loaded yet: the chat gives the visitor an id of its own
    }
  }

  function element(name, values, ...children) {
    const made = document.createElement(name);
    for (const [attribute, value] of Object.entries(values)) made.setAttribute(attribute, value);
    made.append(...children);
    return made;
  }

  function outline(path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  }

  function isAllowed(domains) {
    const here = [location.hostname, location.host];
    const isBelow = (domain) => here.some((host) => host === domain || host.endsWith(`.${domain}`));
    return !domains.length || domains.some(isBelow);
  }

  function place({ colour, label }) {
    const host = element("div", { "data-leadcrm-chat": dialogue });
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    host.style.setProperty("--chat", colour);
    const bubble = outline("M21 11.5a8.5 8.5 0 0 1-12.4 7.5L3 21l2-5.6A8.5 8.5 0 1 1 21 11.5z");
    const launcher = element("button", { class: "launcher", type: "button", "aria-expanded": "false" }, bubble, label);
    const shut = element("button", { class: "close", type: "button", "aria-label": "Close chat" });
    shut.append(outline("M18 6 6 18M6 6l12 12"));
    const panel = element("div", { class: "panel", role: "dialog", "aria-label": label, hidden: "" }, shut);
    root.append(panel, launcher);
    let frame = null;

    function load(isAsked) {
      const address = new URL(base);
      const { token, opened } = remembered();
      const values = { c: token, again: opened ? "1" : "", visitor: visitor(), page: location.href.split("#")[0] };
      for (const [name, value] of Object.entries(values)) if (value) address.searchParams.set(name, value.slice(0, 2000));
      frame = element("iframe", { src: address.href, title: label, referrerpolicy: "origin" });
      frame.addEventListener("load", () => frame.contentWindow.postMessage({ leadcrm: "chat", focus: isAsked && !panel.hidden }, base.origin));
      panel.prepend(frame);
    }

    function open(isAsked) {
      if (!frame) load(isAsked);
      panel.hidden = false;
      host.setAttribute("open", "");
      launcher.setAttribute("aria-expanded", "true");
      remember({ open: true, opened: true });
      if (isAsked) frame.focus();
    }

    function close() {
      panel.hidden = true;
      host.removeAttribute("open");
      launcher.setAttribute("aria-expanded", "false");
      remember({ open: false });
      launcher.focus();
    }

    launcher.addEventListener("click", () => (panel.hidden ? open(true) : close()));
    shut.addEventListener("click", close);
    root.addEventListener("keydown", (event) => event.key === "Escape" && !panel.hidden && close());
    window.addEventListener("message", (event) => {
      const said = event.data;
      if (!frame || event.source !== frame.contentWindow || event.origin !== base.origin || !said || said.leadcrm !== "chat") return;
      if (typeof said.token === "string") remember({ token: said.token });
      if (said.close) close();
    });
    document.body.append(host);
    if (remembered().open) open(false);
  }

  document.addEventListener("leadcrm:chat", (event) => {
    const told = event.detail;
    if (told.dialogue !== dialogue || document.querySelector(`[data-leadcrm-chat="${CSS.escape(dialogue)}"]`)) return;
    if (!isAllowed(told.domains)) return console.warn(`LeadCRM chat: ${location.host} is not among the dialogue's domains.`);
    if (document.body) place(told);
    else document.addEventListener("DOMContentLoaded", () => place(told));
  });

  // How the launcher looks comes from the server, so that a change of it needs no change of the website.
  document.head.append(element("script", { src: new URL("launch.js", base).href, async: "" }));
})();
