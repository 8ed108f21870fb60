// Less and more beside a number: counted in the page at once, however fast they are pressed, and saved as if it had been typed.
// Where the field holds no number, or there is no JavaScript, the server answers the button.
(function () {
  "use strict";

  function number(text) {
    const plain = text.trim().replace("−", "-").replace(",", ".");
    return plain === "" ? NaN : Number(plain);
  }

  function shown(value) {
    const rounded = Math.round(value * 1e6) / 1e6;
    return `${rounded < 0 ? "−" : rounded > 0 ? "+" : ""}${Math.abs(rounded)}`;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".stepper button");
    if (!button) return;
    const input = button.parentElement.querySelector("input");
    const value = number(input.value);
    if (Number.isNaN(value)) return;
    event.preventDefault();
    input.value = shown(value + (button.value.startsWith("more:") ? 1 : -1));
    for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
  });
})();
