// “Export messages” in the dialog over the thread: the file as it comes in. Without scripts the same form is a page of its own.
import { dialog } from "./dialog.js";

const headers = { "HX-Request": "true" };

function save(blob, disposition) {
  const encoded = /filename\*=utf-8''([^;]+)/i.exec(disposition);
  const link = document.createElement("a");
  link.download = encoded ? decodeURIComponent(encoded[1]) : (/filename="([^"]+)"/.exec(disposition)?.[1] ?? "messages");
  link.href = URL.createObjectURL(blob);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// What ends a message in the file: a line that is in no quotes, or the element that holds one.
const counters = {
  csv() {
    let quoted = false;
    let lines = -1; // the first one names the columns
    return (text) => {
      for (const letter of text) {
        if (letter === '"') quoted = !quoted;
        else if (letter === "\n" && !quoted) lines += 1;
      }
      return Math.max(0, lines);
    };
  },
  html() {
    const mark = '<div class="m ';
    let found = 0;
    let rest = "";
    return (text) => {
      const parts = (rest + text).split(mark);
      found += parts.length - 1;
      rest = parts.at(-1).slice(1 - mark.length);
      return found;
    };
  },
};

// The file as it comes in, with how many of its messages are there.
async function read(answer, format, working) {
  const [meter, words] = [working.querySelector("progress"), working.querySelector("[data-written]")];
  const total = Number(answer.headers.get("X-Messages"));
  const written = counters[format]();
  const pieces = [];
  const decoder = new TextDecoder();
  const reader = answer.body.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    pieces.push(piece.value);
    const count = written(decoder.decode(piece.value, { stream: true }));
    meter.max = Math.max(1, total);
    meter.value = count;
    words.textContent = `${count.toLocaleString("en")} of ${total.toLocaleString("en")} messages`;
  }
  return new Blob(pieces, { type: answer.headers.get("Content-Type") });
}

function stopped(working, button) {
  working.querySelector("[role=status]").textContent = "The connection broke before the file was whole. Nothing was saved: export again.";
  button.disabled = false;
}

async function submit(form) {
  const [working, button] = [form.querySelector("[data-working]"), form.querySelector("[type=submit]")];
  working.hidden = false;
  button.disabled = true;
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers }).catch(() => null);
  const disposition = answer?.headers.get("Content-Disposition");
  if (answer?.ok && disposition) {
    const file = await read(answer, form.elements.format.value, working).catch(() => null);
    if (!file) return stopped(working, button);
    save(file, disposition);
    dialog().close();
  } else if (answer?.status === 422) dialog().innerHTML = await answer.text();
  else form.submit();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("#over [data-export]")) return;
  event.preventDefault();
  submit(event.target);
});
