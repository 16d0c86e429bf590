// Filters of a list: their menus open beside their chips, and only the rows change. Every link works without this, too.
const list = document.getElementById("list");
const menu = document.getElementById("filter-menu");

// -- a chip opens its menu; its link leads to the same values as a page
async function openMenu(link) {
  const url = new URL(link.href);
  const page = url.searchParams.get("page");
  if (page) {
    url.search = chosen(); // what has been chosen since the page was loaded is what would be kept, and what hides rows
    url.searchParams.set("page", page);
  } else url.searchParams.set("only", link.dataset.menu);
  url.hash = "";
  const box = link.getBoundingClientRect();
  await htmx.ajax("GET", `${url.pathname}${url.search}`, { target: "#filter-menu", swap: "innerHTML" });
  menu.showPopover();
  menu.style.top = `${Math.max(8, Math.min(box.bottom + 4, window.innerHeight - menu.offsetHeight - 8))}px`;
  menu.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - menu.offsetWidth - 8))}px`;
  menu.querySelector("input[type=search], a, input:not([type=hidden])")?.focus();
}

// -- a value, a preset, an order: the rows change, the open conversation stays
async function show(query) {
  const url = location.pathname + (query === "?" ? "" : query);
  menu.hidePopover();
  document.querySelector(".news").hidden = true;
  htmx.trigger("#rows", "htmx:abort");
  await htmx.ajax("GET", url, { target: "#rows", swap: "innerHTML" });
  htmx.trigger("#rows", "htmx:abort"); // a reload that is still on its way was asked for with the filters from before
  history.pushState({ htmx: true }, "", url);
  document.getElementById("search").value = new URLSearchParams(query).get("q") ?? "";
  list.scrollTop = 0;
}

// -- the filters, the order and the search of the list that is shown
function chosen() {
  const query = new URLSearchParams(location.search);
  for (const name of ["m", "before"]) query.delete(name);
  return query;
}

// A search narrows the list that is shown: what has been chosen meanwhile stays, and so does the open conversation.
function search(text) {
  const query = chosen();
  query.delete("q");
  if (text) query.set("q", text);
  return show(query.size ? `?${query}` : "?");
}

function queryOf(form) {
  const found = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value !== "") found.append(name, value);
  return `?${found}`;
}

document.addEventListener("click", (event) => {
  if (!list || event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0) return;
  const opener = event.target.closest("a[data-menu]");
  const value = event.target.closest("a[data-list]");
  const next = event.target.closest("a[data-next]");
  if (!opener && !value && !(next && following)) return;
  event.preventDefault();
  if (opener) openMenu(opener);
  else if (value) show(new URL(value.href, location.href).search || "?");
  else document.getElementById(following)?.click();
});

document.addEventListener("submit", (event) => {
  if (!list || !event.target.matches("form[data-list], form[role=search]")) return;
  event.preventDefault();
  if (event.target.matches("[role=search]")) search(event.target.elements.q.value.trim()).then(toFirst);
  else show(queryOf(event.target));
});

// What was found is a key away: J and K move on from its first row, Enter opens it.
const toFirst = () => list.querySelector(".conv")?.focus({ preventScroll: true });

// An emptied field, by its cross too, ends the search.
document.getElementById("search")?.addEventListener("input", (event) => {
  if (!event.target.value && new URLSearchParams(location.search).has("q")) search("");
});

window.addEventListener("popstate", () => {
  if (list) location.reload();
});

// -- “next” is what stood below the row when it was opened, even after an answer has moved that row to the top
let following = null;

function noteNext() {
  const open = list.querySelector(".conv[aria-current]");
  const rows = [...list.querySelectorAll(".conv")];
  if (open) following = rows[rows.indexOf(open) + 1]?.id ?? null;
  for (const link of document.querySelectorAll("a[data-next]")) link.hidden = !open;
}

function openNext() {
  const row = document.getElementById(following);
  row?.focus();
  row?.click();
}

if (list) {
  noteNext();
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id === "conversation") noteNext();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === "n" && following) openNext();
    else if (event.key === "/") document.getElementById("search").select();
    else return;
    event.preventDefault();
  });
}
