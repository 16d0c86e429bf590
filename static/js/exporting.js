// “Export messages” as a dialog over the thread. Without scripts the same form is a page of its own.
const headers = { "HX-Request": "true" };

function dialog() {
  const there = document.getElementById("export");
  if (there) return there;
  const made = Object.assign(document.createElement("dialog"), { id: "export", className: "popup" });
  made.setAttribute("aria-labelledby", "export-title");
  document.body.append(made);
  return made;
}

async function open(link) {
  const answer = await fetch(link.href, { headers }).catch(() => null);
  if (!answer?.ok) return location.assign(link.href);
  dialog().innerHTML = await answer.text();
  link.closest("details")?.removeAttribute("open");
  dialog().showModal();
}

function save(blob, disposition) {
  const encoded = /filename\*=utf-8''([^;]+)/i.exec(disposition);
  const link = document.createElement("a");
  link.download = encoded ? decodeURIComponent(encoded[1]) : (/filename="([^"]+)"/.exec(disposition)?.[1] ?? "messages");
  link.href = URL.createObjectURL(blob);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function submit(form) {
  const [working, button] = [form.querySelector("[data-working]"), form.querySelector("[type=submit]")];
  working.hidden = false;
  button.disabled = true;
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers }).catch(() => null);
  const disposition = answer?.headers.get("Content-Disposition");
  if (answer?.ok && disposition) {
    save(await answer.blob(), disposition);
    dialog().close();
  } else if (answer?.status === 422) dialog().innerHTML = await answer.text();
  else form.submit();
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("[data-export]");
  if (link) {
    event.preventDefault();
    open(link);
  } else if (event.target === document.getElementById("export") || event.target.closest("#export [data-close-export]")) {
    event.preventDefault();
    dialog().close();
  }
});

document.addEventListener("submit", (event) => {
  if (!event.target.closest("#export")) return;
  event.preventDefault();
  submit(event.target);
});
