// The editor of a workflow: keys, fields that are inserted, counting, the preview, and nothing typed is lost. Every edit is
// a form or link that works without any of this.
import { segments } from "./segments.js";

const editor = () => document.getElementById("editor");
const stepForm = () => document.getElementById("step-form");
const firstField = () => stepForm()?.querySelector("textarea, select, input:not([type=hidden])");
const typing = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog, [popover]");
const current = () => document.activeElement?.closest("[data-step]") || editor()?.querySelector("[data-step].open");

// ── what was typed is saved before anything else is done ──

let dirty = false;
let wantsFocus = false;
let opened = ""; // a step, by "mouse": its form is shown where it stands below; by "key": its first field is next

function mark(on) {
  dirty = on;
  const note = document.querySelector("[data-unsaved]");
  if (note) note.hidden = !on;
}

async function save() {
  const form = stepForm();
  if (!dirty || !form) return true;
  const headers = { "HX-Request": "true", "HX-Target": "editor" };
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers });
  if (answer.ok) {
    mark(false);
    return true;
  }
  if (answer.status === 422) htmx.swap("#editor", await answer.text(), { swapStyle: "outerHTML", settleDelay: 0 });
  return false;
}

document.addEventListener("htmx:confirm", (event) => {
  const step = event.target.matches("a.step") && event.detail.triggeringEvent?.type === "click";
  opened = !step ? "" : event.detail.triggeringEvent.detail > 0 ? "mouse" : "key";
  const givenUp = event.target.matches(".open form:has([data-tool=delete])");
  const ours = givenUp || event.target === stepForm() || event.target.id === "preview";
  if (!dirty || ours || !editor()?.contains(event.target)) return;
  event.preventDefault();
  save().then((saved) => saved && event.detail.issueRequest(true));
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]:not([hx-get])");
  if (!dirty || !link || event.ctrlKey || event.metaKey || event.shiftKey || link.target) return;
  event.preventDefault();
  save().then((saved) => saved && location.assign(link.href));
});

window.addEventListener("beforeunload", (event) => dirty && event.preventDefault());

// Nothing is typed into a form that is about to be drawn anew.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id !== "editor" || !stepForm()) return;
  for (const field of stepForm().querySelectorAll("input, textarea")) field.readOnly = true;
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful || event.detail.target?.id !== "editor" || !stepForm()) return;
  for (const field of stepForm().querySelectorAll("input, textarea")) field.readOnly = false;
});

// ── counting, preview, inserting fields ──

let previewing = 0;
let written = null;

function count(area) {
  const place = document.querySelector(`[data-count="${area.id}"]`);
  if (!place) return;
  const characters = [...area.value].length;
  const { segments: parts } = segments(area.value);
  const words = `${characters} character${characters === 1 ? "" : "s"}`;
  const fields = area.value.includes("{{") ? ", before fields are filled in" : "";
  place.textContent = parts ? `${words} · ${parts} SMS part${parts === 1 ? "" : "s"}${fields}` : "";
}

function preview() {
  clearTimeout(previewing);
  previewing = setTimeout(() => document.getElementById("preview") && htmx.trigger("#preview", "preview"), 300);
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-preview]")) return preview();
  if (event.target.form !== stepForm() || !stepForm()) return;
  mark(true);
  if (event.target.matches("textarea")) count(event.target);
  preview();
});

document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-merge]")) written = event.target;
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert-field]");
  const field = written?.isConnected ? written : stepForm()?.querySelector("[data-merge]");
  if (button && field) {
    field.setRangeText(`{{ ${button.dataset.insertField} }}`, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }
  if (event.target.closest("[data-open-shortcuts]")) document.getElementById("shortcuts").showModal();
});

// ── after the editor was drawn anew ──

// A form that is drawn with what was typed, and not saved yet: a wording was added to it, or something in it is wrong.
function settle() {
  const typed = stepForm()?.hasAttribute("data-typed");
  mark(typed);
  for (const area of document.querySelectorAll("#step-form textarea")) count(area);
  const wrong = stepForm()?.querySelector("[aria-invalid=true]");
  const adding = document.querySelector("[data-adding] [data-first]");
  if (wrong) wrong.focus();
  else if (typed) [...stepForm().querySelectorAll("textarea[data-merge]")].at(-1)?.focus();
  else if (adding) adding.focus();
  else if (wantsFocus) editor().querySelector("a.step[aria-current]")?.focus();
  else if (opened === "key") firstField()?.focus();
  else if (opened && matchMedia("(max-width: 1180px)").matches) document.getElementById("step-panel")?.scrollIntoView();
  wantsFocus = false;
  opened = "";
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "editor") settle();
});
settle();

// ── keys ──

function look(step) {
  const links = [...document.querySelectorAll("a.step")];
  const here = links.indexOf(current()?.querySelector("a.step"));
  const next = links[Math.max(0, Math.min(links.length - 1, here + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function add(place) {
  const key = current()?.dataset.step || "";
  const at = key ? `${place}:${key}` : "end";
  wantsFocus = true;
  save().then((saved) => {
    if (!saved) return;
    const url = `${location.pathname}?${new URLSearchParams({ step: key, add: at })}`;
    htmx.ajax("GET", url, { target: "#editor", swap: "outerHTML" });
  });
}

function use(tool) {
  const button = current()?.querySelector(`[data-tool="${tool}"]`);
  if (!button || button.disabled) return;
  wantsFocus = true;
  button.form.requestSubmit(button);
}

function escape() {
  const cancel = document.querySelector("[data-cancel-add]");
  if (document.querySelector("dialog[open]")) return;
  wantsFocus = true;
  if (cancel) cancel.click();
  else editor().querySelector("a.step[aria-current]")?.focus();
}

const KEYS = {
  j: () => look(1),
  k: () => look(-1),
  a: () => add("after"),
  b: () => add("before"),
  d: () => use("duplicate"),
  Delete: () => use("delete"),
  Backspace: () => use("delete"),
  e: () => firstField()?.focus(),
  u: () => {
    wantsFocus = true;
    document.querySelector('[data-key="u"]')?.click();
  },
};

document.addEventListener("keydown", (event) => {
  if (!editor() || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && stepForm()?.contains(event.target)) {
    event.preventDefault();
    wantsFocus = true;
    return stepForm().requestSubmit(stepForm().querySelector("[data-save]"));
  }
  if (event.key === "Escape") return escape();
  if (typing(event.target)) return;
  if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    return use(event.key === "ArrowUp" ? "up" : "down");
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const kinds = document.querySelectorAll("[data-adding] button[name=kind]");
  if (kinds.length && /^\d$/.test(event.key)) {
    wantsFocus = true;
    return kinds[(Number(event.key) + 9) % 10]?.click();
  }
  const does = KEYS[event.key];
  if (does) {
    event.preventDefault();
    does();
  }
});
