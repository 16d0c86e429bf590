// The composer: sending by key, counting, chosen files, keeping what was typed, and telling the contact's phone that
// somebody types. Listens on the document, so that a composer that was swapped in needs no setting up.
import { segments, tooMany } from "./segments.js";

const LONG = 320;
const HEAVY = 1.5 * 1024 * 1024;
const TYPING_AGAIN = 8000;
const TYPING_STOPS = 5000;

// Why nothing was sent, by the status of the answer: who can do something about it is told what.
const REFUSED = {
  403: "Not sent: you may not write here any more, or this page is too old. Your text is kept; load the page again.",
  404: "Not sent: this conversation is not there any more; it was deleted, or joined to another. Copy your text, then load the page again: it leads to the one it was joined to.",
  other: "Not sent: the server could not take it. Your text is kept; send it again in a moment.",
};

const formOf = (element) => element.closest?.("form[data-composer]");
const keyOf = (form) => `draft:${location.pathname.split("/")[2]}:${form.dataset.composer}`;

function refresh(form) {
  const text = form.elements.body.value;
  const { segments: count } = segments(text);
  const characters = [...text].length;
  const words = [characters === 1 ? "1 character" : `${characters} characters`];
  if (count > 1 || (count && form.dataset.channel === "sms")) words.push(`${count} SMS ${count === 1 ? "part" : "parts"}`);
  form.querySelector("[data-count]").textContent = words.join(" · ");
  const hint = form.querySelector("[data-hint]");
  hint.textContent = hintOn(form, text);
  hint.hidden = !hint.textContent;
  grow(form.elements.body);
}

function hintOn(form, text) {
  const over = tooMany(form.elements.body);
  if (over) return over;
  if (/\{\{|\}\}/.test(text)) return "Fields in {{ }} are not filled in here: they leave as they stand.";
  if ([...text].length > LONG) return "Long for a text. Short messages are read and answered more often.";
  const alone = form.elements.attachments.files.length && !text.trim();
  if (alone && "wordsFirst" in form.dataset) return "The first message to a contact begins with words: write a few, and the file follows them.";
  return "";
}

function grow(area) {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

function showFiles(form) {
  const files = [...form.elements.attachments.files];
  const box = form.querySelector("[data-chosen]");
  box.hidden = !files.length;
  box.replaceChildren(
    ...files.map((file, number) => chipOf(file, number)),
    Object.assign(document.createElement("span"), { className: "faint", textContent: "Small files arrive sooner. What arrives varies by carrier." }),
  );
  refresh(form);
}

function chipOf(file, number) {
  const chip = document.createElement("span");
  const advice = adviceOn(file);
  chip.className = `chip ${advice[0]}`;
  const size = file.size < 100 * 1024 ? `${Math.ceil(file.size / 1024)} KB` : `${(file.size / 1024 / 1024).toFixed(1)} MB`;
  const away = Object.assign(document.createElement("button"), { type: "button", textContent: "✕" });
  away.dataset.unchoose = number;
  away.ariaLabel = `Remove ${file.name}`;
  chip.append(`${file.name} (${size})${advice[1]}`, away);
  return chip;
}

// The server says the same of other kinds, but forgets the files with it.
function adviceOn(file) {
  if (!/^(image|video)\//.test(file.type)) return ["neg", ": only pictures and videos can be sent"];
  return file.size > HEAVY ? ["neu", ": carriers may block files over 1.5 MB"] : ["", ""];
}

function unchoose(form, number) {
  const left = new DataTransfer();
  [...form.elements.attachments.files].forEach((file, at) => at !== number && left.items.add(file));
  form.elements.attachments.files = left.files;
  showFiles(form);
  form.elements.attachments.focus();
}

// A refused message comes back as a new form, and no server can fill in its files: they are handed on here.
let handedOn = null;

// What was typed and is not kept on the server yet stays with its thread while this tab lives.
function keep(form) {
  const text = form.elements.body.value;
  if (text) sessionStorage.setItem(keyOf(form), text);
  else sessionStorage.removeItem(keyOf(form));
}

function restore(form) {
  const kept = sessionStorage.getItem(keyOf(form));
  if (kept && !("takenBack" in form.dataset)) form.elements.body.value = kept;
  if (handedOn?.composer === form.dataset.composer) form.elements.attachments.files = handedOn.files;
  handedOn = null;
  showFiles(form);
}

let typingForm = null;
let typingSaid = 0;
let typingStop = 0;

function sayTyping(form, on) {
  const body = new URLSearchParams({ on: on ? "1" : "0", contact: form.dataset.channel === "imessage" ? "1" : "0" });
  const token = form.elements.csrfmiddlewaretoken.value;
  fetch(form.dataset.typing, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": token, "HX-Request": "true" },
    keepalive: true,
  }).catch(() => {});
}

function typing(form) {
  if (!form.elements.body.value.trim()) return stopTyping();
  clearTimeout(typingStop);
  typingStop = setTimeout(stopTyping, TYPING_STOPS);
  if (typingForm === form && performance.now() - typingSaid < TYPING_AGAIN) return;
  typingForm = form;
  typingSaid = performance.now();
  sayTyping(form, true);
}

function stopTyping() {
  clearTimeout(typingStop);
  if (typingForm) sayTyping(typingForm, false);
  typingForm = null;
}

function fail(form, text) {
  const notice = form.querySelector("[data-failed]");
  notice.hidden = false;
  notice.querySelector("p").textContent = text;
}

document.addEventListener("input", (event) => {
  const form = formOf(event.target);
  if (!form || event.target.name !== "body") return;
  if (!form.dataset.begun) begin(form);
  keep(form);
  refresh(form);
  typing(form);
});

// A text is written against what stood in the thread when it was begun.
function begin(form) {
  form.dataset.begun = "yes";
  const newest = document.querySelector("#messages [data-newest]");
  if (newest && !form.elements.body.defaultValue) form.elements.seen.value = newest.dataset.newest;
}

document.addEventListener("change", (event) => {
  const form = formOf(event.target);
  if (form && event.target.name === "attachments") showFiles(form);
});

document.addEventListener("click", (event) => {
  const form = formOf(event.target);
  if (form && event.target.dataset.unchoose) unchoose(form, Number(event.target.dataset.unchoose));
});

document.addEventListener("keydown", (event) => {
  const form = formOf(event.target);
  if (!form || event.target.name !== "body" || event.key !== "Enter" || event.isComposing) return;
  const plain = !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey;
  const sends = event.ctrlKey || event.metaKey || (form.dataset.enterSends === "yes" ? plain : event.shiftKey);
  if (!sends) return;
  event.preventDefault();
  const button = form.querySelector("#composer-send");
  if (!button.disabled) form.requestSubmit(button);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = formOf(event.target);
  if (form !== event.target || !form) return;
  stopTyping();
  form.elements.body.readOnly = true;
  form.classList.add("sending");
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = formOf(event.target);
  if (form !== event.target || !form) return;
  form.elements.body.readOnly = false;
  form.classList.remove("sending");
  const status = event.detail.xhr.status;
  if (status >= 400 && status !== 422) fail(form, REFUSED[status] ?? REFUSED.other);
});

document.addEventListener("htmx:afterOnLoad", (event) => {
  const form = formOf(event.target);
  if (form && event.target.name === "body" && event.detail.successful) sessionStorage.removeItem(keyOf(form));
});

// Before the empty composer comes in, which would otherwise find what was kept.
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = formOf(event.target);
  if (!form || form !== event.target) return;
  if (event.detail.xhr.status === 200) sessionStorage.removeItem(keyOf(form));
  if (event.detail.xhr.status === 422) handedOn = { composer: form.dataset.composer, files: form.elements.attachments.files };
});

document.addEventListener("htmx:sendError", (event) => {
  const form = formOf(event.target);
  if (form && form === event.target) fail(form, "Not sent: there is no connection. Your text is kept; send it again in a moment.");
});

document.addEventListener("htmx:timeout", (event) => {
  const form = formOf(event.target);
  if (form && form === event.target) fail(form, "No answer yet. Send it again: if it went through, it is not sent twice.");
});

// A form that has done its work is empty again, where what it made appears elsewhere.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.target.matches?.("form[data-clears]")) event.target.reset();
});

htmx.onLoad((element) => {
  const form = element.matches?.("form[data-composer]") ? element : element.querySelector?.("form[data-composer]");
  if (form) restore(form);
});
window.addEventListener("pagehide", stopTyping);
