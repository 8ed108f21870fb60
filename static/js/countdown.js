// Counts down to data-deadline (ISO time) in every [data-deadline]; the server decides what is late, this only shows it.
// data-target: the whole span in minutes, for the bar. data-words: "left" writes "12 min left" instead of "12:08".
(function () {
  "use strict";

  function words(seconds, style) {
    const late = seconds < 0;
    const whole = Math.floor(Math.abs(seconds));
    const minutes = Math.floor(whole / 60);
    const hours = Math.floor(minutes / 60);
    if (!late && style !== "left" && hours === 0) {
      return `${String(minutes).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
    }
    if (late && minutes === 0) return "just late";
    const isLong = hours >= 10 || (late && hours > 0);
    const span = hours >= 48 ? `${Math.floor(hours / 24)} d` : isLong ? `${hours} h` : hours ? `${hours} h ${minutes % 60} min` : minutes ? `${minutes} min` : "under 1 min";
    return late ? `${span} late` : style === "left" ? `${span} left` : span;
  }

  function show(clock, now) {
    const seconds = (Date.parse(clock.dataset.deadline) - now) / 1000;
    const text = clock.querySelector("[data-time]");
    const value = words(seconds, clock.dataset.words);
    if (text && text.textContent !== value) text.textContent = value;
    const bar = clock.querySelector("[data-bar]");
    if (bar) {
      const part = seconds < 0 ? 1 : Math.min(seconds / (60 * Number(clock.dataset.target)), 1);
      bar.setAttribute("width", String(Math.round(part * 1000) / 10));
    }
    clock.classList.toggle("is-late", seconds < 0);
    clock.classList.toggle("is-soon", seconds >= 0 && seconds < 900);
  }

  function tick() {
    const now = Date.now();
    for (const clock of document.querySelectorAll("[data-deadline]")) show(clock, now);
  }

  document.addEventListener("DOMContentLoaded", tick);
  document.addEventListener("htmx:afterSettle", tick);
  setInterval(tick, 1000);
})();
