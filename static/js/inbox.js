// The inbox: keys, panes, and staying where the reader is when the list or the thread reloads itself.
const list = document.getElementById("list");
const isTyping = (element) => element.closest("input, textarea, select, [contenteditable], [popover]");

// -- keys: J and K move through the list, Enter opens (it is a link), R answers, Esc goes back
function move(step) {
  const rows = [...list.querySelectorAll(".conv")];
  const from = rows.findIndex((row) => row === document.activeElement);
  const open = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = rows[Math.max(0, Math.min(rows.length - 1, (from < 0 ? open : from) + step))];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

function back() {
  const pane = document.getElementById("conversation");
  if (pane.dataset.pane === "details") return closeDetails();
  const open = list.querySelector(".conv[aria-current]");
  (open || list.querySelector(".conv"))?.focus();
}

document.addEventListener("keydown", (event) => {
  if (!list || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    const reacting = document.querySelector(".react[open]");
    if (reacting) reacting.open = false;
    else if (!document.querySelector(":popover-open")) back();
    return;
  }
  if (isTyping(event.target)) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "r") document.getElementById("composer-body")?.focus();
  else return;
  event.preventDefault();
});

// A row opened with Ctrl, Shift or the middle button goes to a tab of its own, as any link does.
document.addEventListener("click", (event) => {
  const own = event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0;
  if (own && event.target.closest("a[hx-get]")) event.stopPropagation();
}, true);

// -- panes: the open row is marked at once; details open beside the thread without leaving it
function markOpen(id) {
  for (const row of list.querySelectorAll(".conv[aria-current]")) row.removeAttribute("aria-current");
  document.getElementById(`c-${id}`)?.setAttribute("aria-current", "true");
}

function closeDetails() {
  const pane = document.getElementById("conversation");
  pane.dataset.pane = "thread";
  history.replaceState(history.state, "", pane.dataset.threadUrl);
  pane.querySelector("[data-open-details]")?.focus();
}

document.addEventListener("click", (event) => {
  const pane = document.getElementById("conversation");
  const opener = event.target.closest("[data-open-details]");
  if (opener) {
    event.preventDefault();
    pane.dataset.pane = "details";
    history.replaceState(history.state, "", opener.href);
    pane.querySelector("[data-close-details]").focus();
  } else if (event.target.closest("[data-close-details]")) {
    event.preventDefault();
    closeDetails();
  } else if (event.target.closest("[data-to-top]")) {
    list.scrollTop = 0;
    list.querySelector(".conv")?.focus({ preventScroll: true });
  } else {
    for (const menu of document.querySelectorAll(".react[open]")) if (!menu.contains(event.target)) menu.open = false;
  }
});

// -- staying in place: new rows never push the row under the pointer, nor the message that is being read
const news = list?.querySelector(".news");
let places = null;

function visible(scroller, selector) {
  const top = scroller.getBoundingClientRect().top;
  const all = [...scroller.querySelectorAll(selector)];
  const first = all.findIndex((one) => one.getBoundingClientRect().bottom > top);
  return first < 0 ? [] : all.slice(first);
}

function notePlaces(scroller, selector) {
  const marks = visible(scroller, selector).map((one) => [one.id, one.getBoundingClientRect().top, one.dataset.at]);
  return { scroller, marks };
}

function keepPlaces({ scroller, marks }) {
  for (const [id, top, at] of marks) {
    const now = document.getElementById(id);
    if (!now || now.dataset.at !== at) continue;
    scroller.scrollTop += now.getBoundingClientRect().top - top;
    return;
  }
}

// Who cannot see the thread hears what came in.
const lastIncoming = () => [...document.querySelectorAll("#messages [data-incoming]")].pop();
let lastHeard = lastIncoming()?.id;

function tellNewest() {
  const newest = lastIncoming();
  if (newest && newest.id !== lastHeard) {
    document.getElementById("heard").textContent = [...newest.querySelectorAll(".bubbles > .sr, .b")].map((one) => one.textContent).join(" ");
  }
  lastHeard = newest?.id;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  places = null;
  const id = event.detail.target.id;
  if (id === "rows" && (list.scrollTop > 0 || list.matches(":hover"))) {
    places = notePlaces(list, ".conv");
    places.first = list.querySelector(".conv")?.id;
  } else if (id === "messages") {
    const log = document.getElementById("log");
    const atBottom = log.scrollTop > -24;
    if (!atBottom) places = notePlaces(log, ".turn");
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (!list) return;
  if (event.detail.target.id === "conversation") {
    const pane = document.getElementById("conversation");
    markOpen(pane.querySelector("[name=open]").value);
    const name = pane.querySelector(".thread").dataset.name;
    document.title = `${name} · ${document.querySelector(".workspace .name").textContent}`;
    lastHeard = lastIncoming()?.id;
    showNew();
  } else if (event.detail.target.id === "messages") tellNewest();
  if (!places) return;
  keepPlaces(places);
  if (places.scroller === list && places.first !== list.querySelector(".conv")?.id && list.scrollTop > 0) news.hidden = false;
  places = null;
});

list?.addEventListener("scroll", () => {
  if (list.scrollTop === 0) news.hidden = true;
}, { passive: true });

document.addEventListener("thread-changed", (event) => {
  if (event.detail?.sent) document.getElementById("log").scrollTop = 0;
});

// A thread opens at what is new, when that is further up than a screen.
function showNew() {
  const log = document.getElementById("log");
  const mark = document.getElementById("new");
  if (log && mark && mark.getBoundingClientRect().top < log.getBoundingClientRect().top) mark.scrollIntoView({ block: "start" });
}

showNew();
