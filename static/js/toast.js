// A toast leaves after 10 s, but not while somebody points at it or has its button in focus.
(function () {
  "use strict";

  const seconds = 10;

  function isHeld(toast) {
    return toast.matches(":hover, :focus-within");
  }

  function age() {
    for (const toast of document.querySelectorAll("[data-toast]")) {
      const lived = Number(toast.dataset.lived || 0) + (isHeld(toast) ? 0 : 1);
      toast.dataset.lived = String(lived);
      if (lived >= seconds) toast.remove();
    }
  }

  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-close-toast]");
    if (close) close.closest("[data-toast]").remove();
  });

  setInterval(age, 1000);
})();
