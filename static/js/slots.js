// Moving an address up: it changes places with the one above it. Without scripts people write them in another order.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move-up]");
  if (!button) return;
  const here = document.getElementById(button.dataset.moveUp);
  const above = button.closest(".slot").previousElementSibling.querySelector("input");
  [here.value, above.value] = [above.value, here.value];
  above.focus();
});
