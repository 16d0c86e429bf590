// The sheet of all keys, ? opens it, Esc and its button close it; and g with a second key, which goes to a page.
const PAGES = { o: "/overview/", i: "/imessages/", t: "/tasks/" };
const SECOND_KEY_WITHIN = 1500;

const sheet = document.getElementById("shortcuts");
let pressedG = -Infinity;

function goTo(key) {
  const link = PAGES[key] && document.querySelector(`.side nav a[href$="${PAGES[key]}"]`);
  if (link) link.click();
}

document.addEventListener("keydown", (event) => {
  if (!sheet || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog, [popover]")) return;
  if (event.key === "?") {
    event.preventDefault();
    sheet.showModal();
  } else if (performance.now() - pressedG < SECOND_KEY_WITHIN) goTo(event.key);
  pressedG = event.key === "g" ? performance.now() : -Infinity;
});

document.addEventListener("click", (event) => {
  if (!sheet) return;
  if (event.target === sheet || event.target.closest("[data-close-shortcuts]")) sheet.close();
});
