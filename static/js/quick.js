// Quick Send: the state beside the recipient is always that of the text that stands in the field. An answer for an older
// text is dropped; while a newer one is being typed nothing is claimed. The send button follows what the state says.
import { segments, tooMany } from "./segments.js";

const form = document.querySelector("form[data-quick]");

if (form) {
  const to = form.elements.to;
  const go = document.getElementById("quick-go");

  // -- the answer of a check
  const follow = () => {
    const why = document.getElementById("reach").dataset.whyNot;
    go.disabled = Boolean(why);
    if (why) go.setAttribute("aria-describedby", "quick-why-not");
    else go.removeAttribute("aria-describedby");
  };

  const waiting = () => {
    const reach = document.getElementById("reach");
    const box = document.createElement("div");
    box.id = "reach";
    box.dataset.for = to.value;
    box.innerHTML = '<p class="reach" role="status"><span class="dot off" aria-hidden="true"></span><span class="muted">…</span></p>';
    reach.replaceWith(box);
    go.disabled = false;
  };

  to.addEventListener("input", () => {
    if (document.getElementById("reach").dataset.for !== to.value) waiting();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const target = event.detail.target;
    if (target?.id !== "reach") return;
    const found = new DOMParser().parseFromString(event.detail.serverResponse, "text/html").getElementById("reach");
    if (found && found.dataset.for !== to.value) event.detail.shouldSwap = false;
  });

  // -- which types can be chosen comes with the answer; what is chosen stays chosen, so that it can be explained
  const types = () => {
    const select = form.elements.channel;
    for (const told of document.querySelectorAll("#reach template[data-types]")[0]?.content.children ?? []) {
      const option = [...select.options].find((one) => one.value === told.value);
      if (!option) continue;
      option.textContent = told.textContent;
      option.disabled = told.disabled && !option.selected;
    }
  };
  document.addEventListener("htmx:afterSwap", () => {
    follow();
    types();
  });

  // -- the length, and when it goes
  const count = form.querySelector("[data-count]");
  const measure = () => {
    const text = form.elements.body.value;
    const characters = [...text].length;
    const parts = segments(text).segments;
    count.textContent = tooMany(form.elements.body) || (characters ? `${characters} character${characters === 1 ? "" : "s"} · ${parts} SMS part${parts === 1 ? "" : "s"}` : "");
  };
  form.elements.body.addEventListener("input", measure);
  const timing = () => {
    form.querySelector("[data-now]").textContent = form.elements.when.value === "later" ? "Schedule" : "Send";
  };
  form.addEventListener("change", timing);
  form.addEventListener("submit", () => setTimeout(() => (go.disabled = true)));
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) follow();
    measure();
    timing();
    if (to.value && !document.getElementById("reach").dataset.for) htmx.trigger(to, "input");
  });
}
