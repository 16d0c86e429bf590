// The dialog of canned responses: choosing one fills the text area and does not send.
const dialogOf = () => document.getElementById("canned");

function fill(text) {
  const area = document.getElementById("composer-body");
  const apart = area.value && !/\s$/.test(area.value) ? "\n" : "";
  area.setRangeText(apart + text, area.selectionEnd, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

document.addEventListener("click", (event) => {
  const dialog = dialogOf();
  if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const chosen = event.target.closest("[data-canned]");
  if (event.target.closest("[data-open-canned]")) {
    event.preventDefault();
    dialog.showModal();
    htmx.trigger("#canned-search", "open");
  } else if (chosen && dialog.contains(chosen)) {
    event.preventDefault();
    dialog.close();
    fill(chosen.dataset.canned);
  } else if (event.target === dialog || event.target.closest("[data-close-canned]")) dialog.close();
});
