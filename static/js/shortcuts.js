// The sheet of all keys: ? opens it, Esc and its button close it.
const sheet = document.getElementById("shortcuts");

document.addEventListener("keydown", (event) => {
  if (!sheet || event.key !== "?" || event.target.closest("input, textarea, select, dialog, [popover]")) return;
  event.preventDefault();
  sheet.showModal();
});

document.addEventListener("click", (event) => {
  if (!sheet) return;
  if (event.target.closest("[data-open-shortcuts]")) sheet.showModal();
  else if (event.target === sheet || event.target.closest("[data-close-shortcuts]")) sheet.close();
});
