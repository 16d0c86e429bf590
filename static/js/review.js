// Keys of the review queue: y says that the first reading is right, a digit or one of + = - says what it is instead.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, textarea, select, dialog, [popover]")) return;
  const review = document.querySelector(".review");
  if (!review) return;
  if (event.key === "y") review.querySelector("[data-right]")?.click();
  else if (/^[0-9+=-]$/.test(event.key)) {
    const option = review.querySelector(`option[data-key="${event.key}"]`);
    if (!option) return;
    option.selected = true;
    option.closest("form").requestSubmit();
  }
});
