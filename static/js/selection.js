// Ticking rows of a list. Without scripts the boxes and the bar work as a plain form; with them the bar counts,
// hides while nothing is ticked, and one box ticks the page.
//
//   <form id="selection" data-selection>  the bar, with [data-selected] for the words and name="all" for all that match
//   <input type="checkbox" name="lead" form="selection">  in each row
//   <input type="checkbox" data-tick-page form="selection">  above them

const bar = document.querySelector("[data-selection]");

if (bar) {
  const boxes = () => [...document.querySelectorAll(`input[form="${bar.id}"]:not([data-tick-page])`)];
  const page = document.querySelector("[data-tick-page]");
  const all = bar.elements.namedItem("all");
  const words = bar.querySelector("[data-selected]");

  const draw = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    bar.hidden = !ticked && !all?.checked;
    page.checked = ticked > 0 && ticked === boxes().length;
    page.indeterminate = ticked > 0 && !page.checked;
    words.textContent = all?.checked ? `${all.dataset.count} selected` : `${ticked} selected`;
  };

  page.hidden = false;
  page.addEventListener("change", () => {
    for (const box of boxes()) box.checked = page.checked;
    if (!page.checked && all) all.checked = false;
    draw();
  });
  document.addEventListener("change", (event) => {
    if (event.target.form !== bar || event.target === page) return;
    if (event.target === all && all.checked) for (const box of boxes()) box.checked = true;
    if (event.target !== all && !event.target.checked && all) all.checked = false;
    draw();
  });
  bar.querySelector("[data-clear]")?.addEventListener("click", () => {
    for (const box of boxes()) box.checked = false;
    if (all) all.checked = false;
    draw();
  });
  window.addEventListener("pageshow", draw); // the browser may have kept ticks
  draw();
}
