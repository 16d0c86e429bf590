// The form of a link's page as a dialog over this one (a[data-dialog]). Without scripts the link leads to that page.
const headers = { "HX-Request": "true" };

let opened = ""; // the address that the dialog was opened by
let before = null; // what had the focus when a key opened it

// What had the focus has it again, or what has been drawn in its place; where a click had opened it, its link has, or the menu that
// holds it.
function focusOpener() {
  const there = before?.isConnected ? before : document.getElementById(before?.id || " ");
  if (there) return there.focus();
  const link = document.querySelector(`a[data-dialog][href="${CSS.escape(opened)}"]`);
  (link?.closest("details")?.querySelector("summary") ?? link)?.focus();
}

export function dialog() {
  const there = document.getElementById("over");
  if (there) return there;
  const made = Object.assign(document.createElement("dialog"), { id: "over", className: "popup" });
  made.setAttribute("aria-labelledby", "over-title");
  made.addEventListener("close", focusOpener);
  document.body.append(made);
  return made;
}

async function open(link) {
  const answer = await fetch(link.href, { headers }).catch(() => null);
  if (!answer?.ok) return location.assign(link.href);
  dialog().innerHTML = await answer.text();
  htmx.process(dialog());
  opened = link.getAttribute("href");
  const active = document.activeElement;
  before = active === document.body || (link.closest("details") ?? link).contains(active) ? null : active;
  link.closest("details")?.removeAttribute("open");
  dialog().showModal();
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("[data-dialog]");
  if (link) {
    event.preventDefault();
    open(link);
  } else if (event.target.id === "over" || event.target.closest("#over [data-close]")) {
    event.preventDefault();
    dialog().close();
  }
});

// It has done its work once its form has gone through.
document.addEventListener("htmx:afterRequest", (event) => {
  const wrote = event.detail.successful && event.detail.requestConfig.verb !== "get";
  if (wrote) event.target.closest("#over")?.close();
});
