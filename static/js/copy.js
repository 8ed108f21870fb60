// Copies the text in data-copy; the word inside the button says that it did.
(function () {
  "use strict";

  function tell(button, word) {
    const place = button.querySelector("[data-copy-word]");
    if (!place) return;
    place.textContent = word;
    setTimeout(() => (place.textContent = "Copy"), 2000);
  }

  // Without https a browser has no clipboard to write to; the old way still works there.
  function copyByHand(text) {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "screen-reader";
    document.body.append(area);
    area.select();
    const isCopied = document.execCommand("copy");
    area.remove();
    return isCopied;
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
      tell(button, "Copied");
    } catch {
      tell(button, copyByHand(text) ? "Copied" : "Select it and copy");
    }
  });
})();
