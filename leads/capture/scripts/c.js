// LeadCRM's own snippet. Comments and indentation are taken out as it is served.
//
//   <script async src="https://crm.example.com/c.js" data-key="wk_..."></script>
//
// Before it has loaded, calls wait in a list: (window.leadcrm = window.leadcrm || []).push(["track", "Demo Requested"]).
// Attributes of the script: data-key; data-host, where it is not the script's own; data-pages="off", no page views by
// themselves; data-consent="required", nothing is sent or stored before leadcrm.consent(true), or "storage", nothing is
// stored before it; data-domain=".example.com", one visitor on all subdomains.
(function () {
  "use strict";

  var VERSION = "1.0.0";
  var doc = document;
  var script = doc.currentScript || doc.querySelector("script[data-key][src*='/c.js']");
  var waiting = window.leadcrm;
  if (!script || (waiting && waiting.version)) return;

  var set = script.dataset;
  var host = (set.host || new URL(script.src, location.href).origin).replace(/\/$/, "");
  var NAME = "leadcrm";
  var YEAR = 31536000;
  // Kept under 64 KB, which is what a browser sends of a page that is left.
  var MOST_BYTES = 50000;
  var MOST_KEPT = 500;

  var needed = set.consent === "required" || set.consent === "storage";
  var known = read();
  // Something is stored only where somebody agreed before.
  var agreed = !needed || Boolean(known.id);
  var refused = false;
  var anonymousId = known.id || passed() || uuid();
  var queue = agreed && Array.isArray(known.queue) ? known.queue : [];
  var sending = [];
  var campaign = {};
  var timer = 0;
  var failures = 0;
  var shown = "";
  var last = "";
  var referrer = doc.referrer;

  // --- What this browser keeps ---

  function read() {
    var kept = {};
    try {
      kept = JSON.parse(localStorage.getItem(NAME)) || {};
    } catch (error) {}
    // The cookie is there for the other subdomains; it is believed before what this one remembers.
    var cookie = doc.cookie.match(/(?:^|; )leadcrm_id=([\w-]+)/);
    if (cookie) kept.id = cookie[1];
    return kept;
  }

  // A tracked link names the visitor whom it led here; only a browser without an id goes on as that one.
  function passed() {
    return (/[?&]lc_aid=([\w-]{1,64})(?:[&#]|$)/.exec(location.search) || [])[1];
  }

  function cookie(value, seconds) {
    doc.cookie =
      "leadcrm_id=" + value + "; path=/; max-age=" + seconds + "; samesite=lax" +
      (set.domain ? "; domain=" + set.domain : "") +
      (location.protocol === "https:" ? "; secure" : "");
  }

  // Another tab may have stored something meanwhile: only what this one changes is written over it.
  function keep(changes) {
    Object.assign(known, agreed && read(), { id: anonymousId, queue: sending.concat(queue).slice(-MOST_KEPT) }, changes);
    if (!agreed) return;
    try {
      localStorage.setItem(NAME, JSON.stringify(known));
    } catch (error) {}
  }

  function forget() {
    known = {};
    queue = [];
    sending = [];
    cookie("", 0);
    try {
      localStorage.removeItem(NAME);
      sessionStorage.removeItem(NAME);
    } catch (error) {}
  }

  function uuid() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    return Array.from(bytes, function (byte, at) {
      return (at > 3 && at < 11 && at % 2 === 0 ? "-" : "") + (byte + 256).toString(16).slice(1);
    }).join("");
  }

  // --- Where the visitor comes from ---

  function readCampaign() {
    var parts = { utm_source: "source", utm_medium: "medium", utm_campaign: "name", utm_term: "term", utm_content: "content", utm_id: "id" };
    var found = {};
    new URLSearchParams(location.search).forEach(function (value, name) {
      if (value && (parts[name] || /^(gclid|gbraid|wbraid|dclid|fbclid|msclkid|li_fat_id|ttclid|twclid|rdt_cid|epik)$/.test(name))) {
        found[parts[name] || name] = value.slice(0, 300);
      }
    });
    try {
      // The form is often sent some pages after the one that the ad led to.
      if (Object.keys(found).length) {
        if (agreed) sessionStorage.setItem(NAME, JSON.stringify(found));
      } else {
        found = JSON.parse(sessionStorage.getItem(NAME)) || campaign;
      }
    } catch (error) {}
    campaign = Object.keys(found).length ? found : campaign;
  }

  function page() {
    return { url: location.href, path: location.pathname, search: location.search, title: doc.title, referrer: referrer };
  }

  // --- Sending ---

  function add(message) {
    if (refused) return;
    message.messageId = uuid();
    message.timestamp = new Date().toISOString();
    message.anonymousId = anonymousId;
    if (known.user) message.userId = known.user;
    message.context = {
      library: { name: "leadcrm.js", version: VERSION },
      page: page(),
      campaign: campaign,
      locale: navigator.language,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      screen: { width: screen.width, height: screen.height },
    };
    if (known.traits && message.type !== "identify") message.context.traits = known.traits;
    queue.push(message);
    queue = queue.slice(-MOST_KEPT);
    keep();
    later(50);
  }

  function later(wait) {
    if (!timer) {
      timer = setTimeout(function () {
        timer = 0;
        flush();
      }, wait);
    }
  }

  function body(messages) {
    return JSON.stringify({ writeKey: set.key, batch: messages, sentAt: new Date().toISOString() });
  }

  // As many messages from the front as a browser still sends of a page that is left.
  function take(messages) {
    var size = 0;
    for (var count = 0; count < messages.length; count++) {
      size += new Blob([JSON.stringify(messages[count])]).size + 1;
      if (size > MOST_BYTES && count) break;
    }
    return messages.slice(0, count);
  }

  function flush() {
    if (sending.length || !queue.length || (set.consent === "required" && !agreed)) return;
    sending = take(queue);
    queue = queue.slice(sending.length);
    var text = body(sending);
    // Without an Authorization header and as plain text, no browser asks first whether it may send.
    fetch(host + "/v1/b", { method: "POST", body: text, keepalive: text.length < MOST_BYTES, credentials: "omit" }).then(done, again);
  }

  function done(response) {
    if (response.status === 429 || response.status >= 500) return again(response);
    // What is refused for good would be refused again; whoever installs the snippet reads why.
    if (!response.ok) {
      response.json().then(function (said) {
        console.warn("LeadCRM: " + said.message);
      });
    }
    sending = [];
    failures = 0;
    keep();
    if (queue.length) later(0);
  }

  function again(response) {
    queue = sending.concat(queue).slice(-MOST_KEPT);
    sending = [];
    keep();
    var told = Number(response.headers && response.headers.get("Retry-After")) * 1000;
    later(Math.max(told || 0, Math.min(1000 * Math.pow(2, failures++), 60000)));
  }

  // The page is left: what is not known to have arrived goes once more. What arrives twice is stored once.
  function leave() {
    if (set.consent === "required" && !agreed) return;
    var all = sending.concat(queue);
    var left = all;
    while (left.length) {
      var part = take(left);
      if (!navigator.sendBeacon(host + "/v1/b", body(part))) break;
      left = left.slice(part.length);
    }
    sending = [];
    // Nobody hears how a beacon ends: while the server has trouble, the next page sends the same again.
    queue = failures ? all : left;
    keep();
  }

  // --- What is seen ---

  // A hash is a part of a page, but for those that an application uses as its paths.
  function place() {
    return location.pathname + location.search + (/^#!?\//.test(location.hash) ? location.hash : "");
  }

  function look() {
    if (set.pages === "off" || place() === shown) return;
    shown = place();
    referrer = last || referrer;
    last = location.href;
    var there = page();
    // An application sets the title after it has moved.
    setTimeout(function () {
      there.title = doc.title;
      api.page("", there);
    }, 0);
  }

  function watchMoves() {
    ["pushState", "replaceState"].forEach(function (name) {
      var original = history[name];
      history[name] = function () {
        var path = location.pathname;
        var result = original.apply(this, arguments);
        // What replaces an address on the same page is a filter or a position in it.
        if (name === "replaceState" && path === location.pathname) shown = place();
        else look();
        return result;
      };
    });
    window.addEventListener("popstate", look);
    window.addEventListener("hashchange", look);
  }

  // Ten seconds in sight tell a person from a machine that fetches pages.
  var seconds = 0;
  function stay() {
    if (doc.visibilityState === "visible" && ++seconds === 10) api.track("Page Kept Open", { seconds: 10 });
  }

  // --- Forms ---

  var BY_COMPLETION = {
    email: "email", tel: "phone", "given-name": "first_name", "family-name": "last_name", name: "name",
    organization: "company", "organization-title": "job_title", "country-name": "country",
  };

  var PERSON = ["email", "phone", "first_name", "last_name", "company", "job_title", "country"];

  function fieldName(field) {
    var hint = field.autocomplete && BY_COMPLETION[field.autocomplete.split(" ").pop()];
    return field.dataset.leadcrmField || hint || { email: "email", tel: "phone" }[field.type] || field.name;
  }

  // Passwords, cards, files and what the website hides in a form are nobody's interest.
  function isPrivate(field) {
    if (field.dataset.leadcrmField) return false;
    return (
      field.disabled || field.hasAttribute("data-leadcrm-ignore") || /^(password|file|hidden|submit|button|image|reset)$/.test(field.type) ||
      /^(cc-|one-time-code|.*-password)/.test(field.autocomplete || "") || ((field.type === "checkbox" || field.type === "radio") && !field.checked)
    );
  }

  function filled(form) {
    var given = {};
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!("value" in field) || isPrivate(field) || field.value === "") return;
      var name = fieldName(field);
      if (name in given && field.name !== name) name = field.name;
      if (name && given[name] !== field.value) given[name] = (name in given ? given[name] + ", " : "") + field.value.slice(0, 2000);
    });
    return given;
  }

  function submitted(event) {
    var form = event.target;
    if (!form.hasAttribute || !form.hasAttribute("data-leadcrm-form")) return;
    var given = filled(form);
    given.form = form.getAttribute("data-leadcrm-form") || form.getAttribute("name") || form.getAttribute("id") || location.pathname;
    if (given.email || given.phone) {
      api.identify(PERSON.reduce(function (traits, name) {
        if (given[name]) traits[name] = given[name];
        return traits;
      }, {}));
    }
    api.track(form.getAttribute("data-leadcrm-event") || "Form Submitted", given);
    flush();
  }

  // --- What the website's own code calls ---

  var api = {
    version: VERSION,
    track: function (name, properties) {
      add({ type: "track", event: name, properties: Object.assign({}, properties) });
    },
    page: function (name, properties) {
      readCampaign();
      seconds = 0;
      add({ type: "page", name: name || doc.title, properties: Object.assign(page(), properties) });
    },
    identify: function (userId, traits) {
      if (userId && typeof userId === "object") {
        traits = userId;
        userId = "";
      }
      // Another person at the same browser is not the one before.
      if (userId && known.user && known.user !== String(userId)) api.reset();
      keep({ user: userId ? String(userId) : known.user, traits: Object.assign({}, known.traits, traits) });
      add({ type: "identify", traits: Object.assign({}, traits) });
    },
    group: function (groupId, traits) {
      add({ type: "group", groupId: groupId, traits: Object.assign({}, traits) });
    },
    reset: function () {
      anonymousId = uuid();
      if (agreed) cookie(anonymousId, YEAR);
      keep({ user: undefined, traits: undefined });
    },
    consent: function (isGiven) {
      var again = refused;
      refused = !isGiven;
      agreed = Boolean(isGiven);
      if (refused) {
        forget();
        anonymousId = uuid();
        return;
      }
      cookie(anonymousId, YEAR);
      readCampaign();
      keep();
      if (again) shown = "";
      look();
      flush();
    },
    anonymousId: function () {
      return anonymousId;
    },
    push: function (call) {
      if (typeof api[call[0]] === "function") api[call[0]].apply(api, call.slice(1));
    },
  };

  function start() {
    if (agreed) {
      cookie(anonymousId, YEAR);
      keep();
    }
    readCampaign();
    window.leadcrm = Object.assign(Array.isArray(waiting) ? {} : waiting || {}, api);
    if (Array.isArray(waiting)) waiting.forEach(api.push);
    look();
    watchMoves();
    setInterval(stay, 1000);
    doc.addEventListener("submit", submitted, true);
    doc.addEventListener("visibilitychange", function () {
      if (doc.visibilityState === "hidden") flush();
    });
    window.addEventListener("pagehide", leave);
    window.addEventListener("online", flush);
    if (queue.length) later(0);
  }

  if (doc.prerendering) doc.addEventListener("prerenderingchange", start, { once: true });
  else start();
})();
