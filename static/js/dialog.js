// A link with data-opens opens the dialog of that id instead of its page; without JavaScript the page does the same.
// Ctrl or Cmd and Enter sends the form, data-closes closes the dialog; Esc the browser does itself.
(function () {
  "use strict";

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      const dialog = document.getElementById(opener.dataset.opens);
      if (!dialog) return;
      event.preventDefault();
      dialog.showModal();
    }
    const closer = event.target.closest("[data-closes]");
    if (closer) closer.closest("dialog").close();
    // The backdrop belongs to the dialog; what is inside it lies in its form.
    if (event.target.matches("dialog[open]")) event.target.close();
  });

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest("[data-dialog-form]");
    if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });
})();
