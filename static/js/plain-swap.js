// hx-swap="plain": what came replaces what was, and nothing else. htmx also looks up every id in what was, to let attributes
// change gently, and that takes a second and more where a form has a thousand of them.
(function () {
  "use strict";

  window.htmx.defineExtension("plain-swap", {
    isInlineSwap: () => false,
    handleSwap: (style, target, fragment) => {
      if (style !== "plain") return false;
      target.replaceChildren(...fragment.childNodes);
      return [...target.childNodes];
    },
  });
})();
