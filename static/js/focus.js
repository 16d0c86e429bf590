// What has the focus may go when a part of the page is drawn anew. Then the focus goes to what stands there now: the same
// control, the next row of the list, or else the step that is open or the head of the thread, which say what has changed.
let last = null;

const words = (element) => (element.getAttribute("aria-label") || element.textContent).trim().replace(/\s+/g, " ");
const idsAbove = (element) => {
  const ids = [];
  for (let one = element.parentElement; one; one = one.parentElement) if (one.id) ids.push(one.id);
  return ids;
};

function note(element) {
  const rows = element.matches("#rows .conv") ? [...document.querySelectorAll("#rows .conv")] : [];
  const following = rows.slice(rows.indexOf(element) + 1).map((row) => row.id);
  last = { element, id: element.id, words: words(element), above: idsAbove(element), rows: following };
}

function standIn() {
  const row = last.rows.map((id) => document.getElementById(id)).find(Boolean);
  const same = document.getElementById(last.id || " ") || row;
  if (same) return same;
  for (const id of last.above) {
    const zone = document.getElementById(id);
    const controls = [...(zone?.querySelectorAll("button, a[href], summary") ?? [])];
    const found = zone && controls.find((one) => words(one) === last.words && one.checkVisibility());
    if (found) return found;
  }
  return document.querySelector("#editor a.step[aria-current], #thread-head h2") || document.getElementById("main");
}

// A form that was refused opens at the first field that needs another look.
document.querySelector("main [aria-invalid='true']")?.focus();

document.addEventListener("focusin", (event) => note(event.target));

// A question that closes gives the focus back to its button, which may have been drawn anew meanwhile.
const closed = (element) => element.closest("[popover]")?.matches(":not(:popover-open)");

document.addEventListener("htmx:afterSettle", () => {
  if (!last || document.activeElement !== document.body || (last.element.isConnected && !closed(last.element))) return;
  standIn()?.focus({ preventScroll: true });
});

// To follow this link's address would be a step in the history, for which the inbox asks for its page anew (narrowing.js).
document.addEventListener("click", (event) => {
  if (!event.target.closest("a.skip")) return;
  event.preventDefault();
  document.getElementById("main").focus();
});
