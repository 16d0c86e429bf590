// When the list or the thread reloads itself, the reader stays where they are: what is under the pointer or being read does
// not move, what was unfolded stays unfolded, focus stays, and nothing is touched when nothing changed.
const list = document.getElementById("list");
const news = list?.querySelector(".news");
const lastIncoming = () => [...document.querySelectorAll("#messages [data-incoming]")].pop();

let kept = null;
let lastHeard = lastIncoming()?.id;
const shown = new Map();

// -- places: the first visible thing that is still there afterwards keeps its distance from the top
function placesIn(scroller, selector) {
  const top = scroller.getBoundingClientRect().top;
  const all = [...scroller.querySelectorAll(selector)];
  const first = all.findIndex((one) => one.getBoundingClientRect().bottom > top);
  const marks = (first < 0 ? [] : all.slice(first)).map((one) => [one.id, one.getBoundingClientRect().top, one.dataset.at]);
  return { scroller, marks };
}

function restorePlace({ scroller, marks }) {
  for (const [id, top, at] of marks) {
    const now = document.getElementById(id);
    if (!now || now.dataset.at !== at) continue;
    scroller.scrollTop += now.getBoundingClientRect().top - top;
    return;
  }
}

// -- news: what came in above the rows that are read, counted until somebody looks
const unseen = new Set();
const rowsOf = (list) => [...list.querySelectorAll(".conv")].map((row) => [row.id, row.dataset.at]);

const openRow = () => `c-${document.querySelector("#conversation [name=open]")?.value}`;

// The open conversation is being read, so it is no news, most of all after one's own words.
function countNews(known) {
  for (const row of list.querySelectorAll(".conv")) {
    if (known.get(row.id) === row.dataset.at) break;
    if (row.id !== openRow()) unseen.add(row.id);
  }
}

function showNews() {
  news.hidden = !unseen.size || list.scrollTop === 0;
  news.querySelector("button").textContent = `${unseen.size} new`;
}

function newsAreSeen() {
  unseen.clear();
  news.hidden = true;
}

// -- folds and focus: found again by their message and their number in it
const parts = (turn) => [...turn.querySelectorAll("summary, a, button")];

function foldsIn(messages) {
  const open = [...messages.querySelectorAll("details[open]")].map((one) => {
    const turn = one.closest(".turn");
    return [turn?.id, turn ? [...turn.querySelectorAll("details")].indexOf(one) : -1];
  });
  const turn = document.activeElement.closest?.(".turn");
  return { open, focus: turn && messages.contains(turn) ? [turn.id, parts(turn).indexOf(document.activeElement)] : null };
}

function restoreFolds({ open, focus }) {
  for (const [id, number] of open) {
    const one = document.getElementById(id)?.querySelectorAll("details")[number];
    if (one) one.open = true;
  }
  const turn = focus && document.getElementById(focus[0]);
  if (turn) parts(turn)[focus[1]]?.focus({ preventScroll: true });
}

// -- nothing changed: only the stamp is new, and the tokens of forms, which are masked anew each time
function sameAsShown(id, html) {
  const plain = html.replace(/name="(csrfmiddlewaretoken|thread)" value="[^"]*"/g, "");
  const same = shown.get(id) === plain;
  shown.set(id, plain);
  return same;
}

// Who cannot see the thread hears what came in.
function tellNewest() {
  const newest = lastIncoming();
  if (newest && newest.id !== lastHeard) {
    const words = [...newest.querySelectorAll(".bubbles > .sr, .b")].map((one) => one.textContent.trim());
    document.getElementById("heard").textContent = words.join(" ");
  }
  lastHeard = newest?.id;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  kept = null;
  const { id } = event.detail.target;
  if (id === "rows") {
    const inTheList = list.scrollTop > 0 || list.matches(":hover");
    kept = { place: placesIn(list, ".conv"), inTheList, known: new Map(rowsOf(list)) };
  } else if (id === "messages") {
    const stamp = event.detail.serverResponse.match(/name="thread" value="([^"]*)"/)?.[1];
    if (sameAsShown(id, event.detail.serverResponse)) {
      event.detail.shouldSwap = false;
      event.detail.target.querySelector("[name=thread]").value = stamp;
      return;
    }
    const log = document.getElementById("log");
    const atEnd = log.scrollTop > -24;
    kept = { place: atEnd ? null : placesIn(log, ".turn"), folds: foldsIn(event.detail.target) };
  } else if (id === "ctx" && sameAsShown(id, event.detail.serverResponse)) event.detail.shouldSwap = false;
});

document.addEventListener("htmx:afterSwap", (event) => {
  const { id } = event.detail.target;
  if (id === "conversation") {
    shown.clear();
    lastHeard = lastIncoming()?.id;
  } else if (id === "messages") tellNewest();
  if (!kept) return;
  if (kept.folds) restoreFolds(kept.folds);
  if (id === "rows") countNews(kept.known);
  const reads = document.querySelector("#conversation [name=open]") && unseen.size;
  if (kept.place && (id !== "rows" || kept.inTheList || reads)) restorePlace(kept.place);
  if (id === "rows") showNews();
  kept = null;
});

// -- the end of the thread after one's own words, the top of the list after a look at the news
document.addEventListener("thread-changed", (event) => {
  if (event.detail?.sent) document.getElementById("log").scrollTop = 0;
});

list?.addEventListener(
  "scroll",
  () => {
    if (list.scrollTop === 0) newsAreSeen();
  },
  { passive: true },
);

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-to-top]")) return;
  list.scrollTop = 0;
  list.querySelector(".conv")?.focus({ preventScroll: true });
});
