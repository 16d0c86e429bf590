// The drip dialog: the droplet opens it, what is chosen is shown with its dates, and it closes when it was applied.
const dialog = () => document.getElementById("drip");

document.addEventListener("click", (event) => {
  const box = dialog();
  if (!box || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("[data-open-drip]")) {
    event.preventDefault();
    box.showModal();
    htmx.ajax("GET", event.target.closest("[data-open-drip]").href, { target: "#drip-choice", swap: "outerHTML" });
  } else if (event.target === box || event.target.closest("[data-close-drip]")) box.close();
});

document.addEventListener("drip-applied", () => dialog()?.close());
