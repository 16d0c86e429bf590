// A button that puts a merge field where the cursor stands in the text it names.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-field]");
  if (!button) return;
  const area = document.getElementById(button.dataset.into);
  area.setRangeText(`{{ ${button.dataset.field} }}`, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
});
