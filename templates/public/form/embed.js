// LeadCRM form: shows it where <div data-leadcrm-form="{{ form.key|escapejs }}"> stands, or in place of this script.
// The page needs {{ origin|escapejs }} in script-src and frame-src of its Content-Security-Policy, and nothing inline.
(function () {
  "use strict";

  var origin = "{{ origin|escapejs }}";
  var key = "{{ form.key|escapejs }}";
  var title = "{{ form.title|escapejs }}";
  var script = document.currentScript;
  var store = "leadcrm.known";

  function stored() {
    try {
      return localStorage.getItem(store) || "";
    } catch (error) {
      return "";
    }
  }

  function keep(token) {
    try {
      localStorage.setItem(store, token);
    } catch (error) {
      // storage is switched off: every form asks everything
    }
  }

  function visitor() {
    var found = /(?:^|; )lc_aid=([^;]+)/.exec(document.cookie);
    return found ? decodeURIComponent(found[1]) : "";
  }

  function address() {
    var query = new URLSearchParams({ page: location.href.split("#")[0], ref: document.referrer });
    if (visitor()) query.set("aid", visitor());
    if (stored()) query.set("known", stored());
    return origin + "/f/" + key + "/frame/?" + query.toString();
  }

  function show(place) {
    if (place.dataset.leadcrmShown) return;
    place.dataset.leadcrmShown = "1";
    var frame = document.createElement("iframe");
    frame.src = address();
    frame.title = title;
    frame.width = "100%";
    frame.height = "520";
    frame.loading = "lazy";
    frame.setAttribute("frameborder", "0");
    place.appendChild(frame);
    window.addEventListener("message", function (event) {
      if (event.origin !== origin || event.source !== frame.contentWindow || !event.data) return;
      var told = event.data.leadcrm;
      if (!told) return;
      if (told.height) frame.height = String(Math.min(Math.max(Math.ceil(told.height), 60), 4000));
      if (told.known) keep(told.known);
      if (told.forget) keep("");
      if (told.sent) {
        place.dispatchEvent(new CustomEvent("leadcrm:sent", { bubbles: true, detail: { form: key } }));
        frame.scrollIntoView({ block: "nearest" });
      }
      if (told.go && /^https?:\/\//.test(told.go)) location.assign(told.go);
    });
  }

  function start() {
    var places = document.querySelectorAll('[data-leadcrm-form="' + key + '"]');
    if (!places.length && script && script.parentNode && script.parentNode !== document.head) {
      var place = document.createElement("div");
      script.parentNode.insertBefore(place, script);
      places = [place];
    }
    Array.prototype.forEach.call(places, show);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
