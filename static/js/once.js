// A form that writes is sent once: a second click while the answer is on its way does nothing. The server does not rely
// on it. Forms of htmx answer for themselves; a form whose answer is a file, after which the page stays, can be sent again.
const WAIT = 4000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.going) {
    event.preventDefault();
    return;
  }
  form.dataset.going = "yes";
  setTimeout(() => delete form.dataset.going, WAIT);
});

// Back to a page that the browser had kept as it was.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-going]")) delete form.dataset.going;
});
