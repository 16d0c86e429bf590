// The page asks every second whether something changed (see conversations/views/live.py): less often while nobody
// looks at it or the server does not answer. The mark in the title row says which of the two it is.
const HIDDEN_EVERY = 15000;
const LONGEST_PAUSE = 15000;

const live = document.getElementById("live");
let lastAsked = 0;
let pause = 0;

function mark(isLive) {
  live.classList.toggle("delayed", !isLive);
  live.querySelector('[data-live="on"]').hidden = !isLive;
  live.querySelector('[data-live="off"]').hidden = isLive;
}

if (live) {
  live.addEventListener("htmx:beforeRequest", (event) => {
    const wait = Math.max(pause, document.hidden ? HIDDEN_EVERY : 0);
    if (performance.now() - lastAsked < wait) event.preventDefault();
    else lastAsked = performance.now();
  });
  live.addEventListener("htmx:afterRequest", (event) => {
    const answered = event.detail.xhr.status === 204;
    pause = answered ? 0 : Math.min(LONGEST_PAUSE, Math.max(2000, pause * 2));
    mark(answered);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    pause = 0;
    htmx.trigger(live, "poll");
    openedUnseen();
  });
  window.addEventListener("online", () => {
    pause = 0;
    htmx.trigger(live, "poll");
  });
}

// Opening a thread marks what came in as seen, once somebody can see it, and again when that failed.
function openedUnseen() {
  const form = document.querySelector("form.seen:not([data-sent])");
  if (form && !document.hidden) htmx.trigger(form, "seen");
}

document.addEventListener("htmx:load", openedUnseen);
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches("form.seen")) event.target.dataset.sent = "yes";
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.matches("form.seen") && !event.detail.successful) delete event.target.dataset.sent;
});
