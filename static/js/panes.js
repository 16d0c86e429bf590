// The panes of the inbox: which conversation is open, and its details beside it or, on phones, instead of it.
const list = document.getElementById("list");
const pane = () => document.getElementById("conversation");

export const detailsAreOpen = () => pane()?.dataset.pane === "details";

function openDetails(link) {
  pane().dataset.pane = "details";
  pane().dataset.threadUrl = location.href; // with the list's filters
  history.replaceState(history.state, "", link.href);
  pane().querySelector("[data-close-details]").focus();
}

export function closeDetails() {
  pane().dataset.pane = "thread";
  history.replaceState(history.state, "", pane().dataset.threadUrl);
  pane().querySelector("[data-open-details]")?.focus();
}

// A row opened with Ctrl, Shift or the middle button goes to a tab of its own, as any link does.
document.addEventListener(
  "click",
  (event) => {
    const own = event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0;
    if (own && event.target.closest("a[hx-get]")) event.stopPropagation();
  },
  true,
);

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-details]");
  const closer = event.target.closest("[data-close-details]");
  if (!opener && !closer) return;
  event.preventDefault();
  if (opener) openDetails(opener);
  else closeDetails();
});

// On phones: back to the list that it was opened from, with its filters.
document.addEventListener("click", (event) => {
  const back = event.target.closest("a.to-list");
  const [list] = location.pathname.match(/^\/w\/[^/]+\/(?:overview|imessages)\//) ?? [];
  if (!back || !list) return;
  const query = new URLSearchParams(location.search);
  for (const name of ["m", "alone", "before", "canned"]) query.delete(name);
  back.href = query.size ? `${list}?${query}` : list;
});

// A conversation that was swapped in: its row is marked, the window named, and it opens at what is new.
function showNew() {
  const log = document.getElementById("log");
  const sought = document.querySelector(".turn.sought");
  if (sought) return sought.scrollIntoView({ block: "center" });
  const mark = document.getElementById("new");
  if (log && mark && mark.getBoundingClientRect().top < log.getBoundingClientRect().top) mark.scrollIntoView({ block: "start" });
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "conversation") return;
  const opened = pane().querySelector("[name=open]").value;
  for (const row of list.querySelectorAll(".conv[aria-current]")) row.removeAttribute("aria-current");
  document.getElementById(`c-${opened}`)?.setAttribute("aria-current", "true");
  const name = pane().querySelector(".thread").dataset.name;
  document.title = `${name} · ${document.querySelector(".workspace .name").textContent}`;
  showNew();
});

showNew();
