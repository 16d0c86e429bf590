// Toasts: what just happened, said by the server ("toast" events) or by the page itself.
// One says itself for eight seconds, longer while somebody is at it; a warning of the page, and a way back, until it is dismissed.
const LASTS = 8000;

function leave(made, after) {
  setTimeout(() => (made.matches(":hover, :focus-within") ? leave(made, 2000) : made.remove()), after);
}

for (const made of document.querySelectorAll(".toast:not(.warning, .error, :has(form))")) leave(made, LASTS);

export function toast(text, level = "info", { action, lasts } = {}) {
  const made = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  made.classList.add(level);
  made.querySelector("p").textContent = text;
  if (action) made.querySelector("p").after(way(action, made));
  document.getElementById("toasts").append(made);
  if (lasts) setTimeout(() => made.remove(), lasts * 1000); // no longer than what it offers
  else leave(made, LASTS);
}

// The button of a toast: it posts, and the composer of the thread it belongs to comes back as the answer.
function way({ label, url, composer: of }, made) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn small", textContent: label });
  button.addEventListener("click", () => {
    made.remove();
    const composer = document.querySelector(`#composer[data-composer="${of}"]`);
    htmx.ajax("POST", url, composer ? { target: composer, swap: "outerHTML" } : { swap: "none" });
  });
  return button;
}

document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.level, event.detail));

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-dismiss]");
  if (button) button.closest(button.dataset.dismiss).remove();
});

// A dialog has done its work once its form has gone through.
document.addEventListener("htmx:afterRequest", (event) => {
  const wrote = event.detail.requestConfig.verb !== "get";
  const popup = event.detail.successful && wrote && event.target.closest("[popover]");
  if (popup && popup.matches(":popover-open")) popup.hidePopover();
  const menu = event.detail.successful && wrote && event.target.closest("details.action-menu[open]");
  if (menu) menu.open = false;
});

// What went wrong with a request that a person made and nobody else answers for: what asks by itself asks again by itself.
const byItself = "#rows, #messages, #ctx, [hx-trigger*=load], [hx-trigger*=intersect]";
const quiet = (element) => element.closest("#live, #composer, form.seen") ?? element.matches(byItself);

document.addEventListener("htmx:responseError", (event) => {
  if (quiet(event.target)) return;
  const status = event.detail.xhr.status;
  if (status === 403) toast("Your role may not do this. Ask an admin of the workspace.", "error");
  else if (status === 404) toast("It is not there any more. Load the page again.", "error");
  else toast("That did not work. Try again in a moment.", "error");
});

document.addEventListener("htmx:sendError", (event) => {
  if (!quiet(event.target)) toast("There is no connection to the server. Try again in a moment.", "error");
});
