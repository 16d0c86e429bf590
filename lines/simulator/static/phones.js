// Saves the reloading: fetches what changed once a second, and sends forms without leaving the page.
// Everything works without it.

const log = document.getElementById("log");
const path = log ? location.pathname.replace(/\/$/, "") : "";
let version = "";
let asking = false;

const atEnd = () => !log || log.scrollHeight - log.scrollTop - log.clientHeight < 60;

function show(html) {
  const parts = new DOMParser().parseFromString(html, "text/html");
  const stay = atEnd();
  const open = [...document.querySelectorAll("details.react[open] input[name=guid]")].map((field) => field.value);
  for (const part of parts.querySelectorAll("[data-part]")) {
    const place = document.getElementById(part.dataset.part);
    if (place && place.innerHTML !== part.innerHTML) place.replaceChildren(...part.childNodes);
  }
  for (const guid of open) {
    document.querySelector(`details.react input[value="${guid}"]`)?.closest("details")?.setAttribute("open", "");
  }
  version = parts.querySelector("[data-version]").dataset.version;
  if (log && stay) log.scrollTop = log.scrollHeight;
}

async function look() {
  if (asking) return;
  asking = true;
  const seen = document.visibilityState === "visible" ? "1" : "";
  try {
    const answer = await fetch(`${path}/live?version=${version}&seen=${seen}`);
    if (answer.status === 200) show(await answer.text());
  } catch {
    // The network is being restarted; the next look finds it again.
  } finally {
    asking = false;
  }
}

async function post(form, button) {
  const data = new URLSearchParams(new FormData(form));
  if (button?.name) data.set(button.name, button.value);
  const answer = await fetch(form.action, { method: "POST", body: data, redirect: "manual" });
  if (answer.type !== "opaqueredirect" && !answer.ok) throw new Error(`HTTP ${answer.status}`);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.classList.contains("open")) return;
  event.preventDefault();
  try {
    await post(form, event.submitter);
    form.reset();
    form.closest("details")?.removeAttribute("open");
    await look();
    if (log) log.scrollTop = log.scrollHeight;
  } catch {
    form.submit();
  }
});

const text = document.getElementById("text");
let told = 0;
text?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (text.value.trim()) text.form.requestSubmit();
  }
});
text?.addEventListener("input", () => {
  const now = Date.now();
  if (text.value && now - told > 5000) {
    told = now;
    fetch(text.form.dataset.typing, { method: "POST", body: new URLSearchParams({ on: "1" }), redirect: "manual" });
  }
});
text?.form.addEventListener("submit", () => {
  told = 0;
});

if (log) log.scrollTop = log.scrollHeight;
look();
setInterval(look, 1000);
