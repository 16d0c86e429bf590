// Keys of the inbox: J and K move through the list, Enter opens (a row is a link), R answers, Esc goes back; a digit
// or one of + = - labels the newest reply of the open thread.
import { closeDetails, detailsAreOpen } from "./panes.js";

const list = document.getElementById("list");
const isTyping = (element) => element.closest("input, textarea, select, [contenteditable], :popover-open");

function move(step) {
  const rows = [...list.querySelectorAll(".conv")];
  const from = rows.findIndex((row) => row === document.activeElement);
  const open = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = rows[Math.max(0, Math.min(rows.length - 1, (from < 0 ? open : from) + step))];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

function back() {
  const reacting = document.querySelector(".react[open]");
  if (reacting) reacting.open = false;
  else if (document.querySelector(":popover-open, dialog[open]")) return;
  else if (detailsAreOpen()) closeDetails();
  else (list.querySelector(".conv[aria-current]") || list.querySelector(".conv"))?.focus();
}

function relabel(key) {
  const form = document.querySelector("[data-relabel]");
  const option = form && [...form.elements.pair.options].find((one) => one.dataset.key === key);
  if (!option) return;
  form.elements.pair.value = option.value;
  form.requestSubmit();
}

document.addEventListener("keydown", (event) => {
  if (!list || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    if (event.target.id === "search") event.preventDefault(); // its words stay, as what they found does
    back();
  } else if (isTyping(event.target)) return;
  else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "r" && document.getElementById("composer-body")) {
    document.getElementById("composer-body").focus();
    event.preventDefault();
  } else if (/^[0-9+=-]$/.test(event.key) && !event.repeat) relabel(event.key);
});
