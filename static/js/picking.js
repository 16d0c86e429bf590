// The list's boxes keep their ticks when its rows are drawn anew; X ticks a row, E archives and A hands over what is ticked, or
// else the conversation that is open.
const bar = document.querySelector("#list [data-selection]");
const isTyping = (element) => element.closest("input:not([type=checkbox]), textarea, select, [contenteditable], [popover]");
let ticked = [];

const boxes = () => [...document.querySelectorAll("#rows input.pick")];

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "rows") ticked = boxes().filter((box) => box.checked).map((box) => box.value);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (!bar || event.detail.target.id !== "rows") return;
  const now = document.querySelector("#rows [data-query]");
  if (now) bar.elements.namedItem("query").value = now.dataset.query;
  if (document.querySelector("#rows .found-head")) bar.elements.namedItem("all").checked = false; // a search is chosen from row by row
  for (const box of boxes()) box.checked = ticked.includes(box.value);
  bar.dispatchEvent(new Event("change", { bubbles: true }));
  const any = boxes()[0];
  if (any) any.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  if (event.key === "x" && bar) {
    const row = document.activeElement?.closest(".pickable") || document.querySelector("#rows .conv[aria-current]")?.closest(".pickable");
    row?.querySelector(".pick")?.click();
  } else if (event.key === "e" || event.key === "a") {
    if (bar && !bar.hidden) return bar.querySelector(`[data-key="${event.key}"]`).click();
    const target = document.querySelector(`#thread-head [data-key="${event.key}"]`);
    if (target?.tagName === "FORM") {
      htmx.process(target); // it may have been swapped in a moment ago: unprocessed, it would leave the page and its list
      target.requestSubmit();
    } else target?.click();
  }
});

// A menu that is open closes on Escape and when somebody clicks beside it.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".action-menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector(".action-menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
