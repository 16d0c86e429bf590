// The six tapbacks of a message are made when its menu is opened for the first time.
const TAPBACKS = [
  ["love", "❤️"], ["like", "👍"], ["dislike", "👎"], ["laugh", "😂"], ["emphasize", "‼️"], ["question", "❓"],
];

document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches?.(".react[open]")) return;
    const form = event.target.querySelector("form");
    if (form.childElementCount) return;
    const ours = form.dataset.tapbacks.split(" ");
    for (const [name, picture] of TAPBACKS) {
      const button = document.createElement("button");
      Object.assign(button, { type: "submit", name: "tapback", value: name, textContent: picture });
      button.setAttribute("aria-label", name);
      button.setAttribute("aria-pressed", ours.includes(name));
      form.append(button);
    }
  },
  true,
);

document.addEventListener("submit", (event) => {
  const form = event.target.closest(".react form");
  if (!form) return;
  form.querySelector("[name=remove]")?.remove();
  if (event.submitter?.getAttribute("aria-pressed") === "true") {
    const remove = Object.assign(document.createElement("input"), { type: "hidden", name: "remove", value: "1" });
    form.append(remove);
  }
  form.closest(".react").open = false;
}, true);

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".react[open]")) if (!menu.contains(event.target)) menu.open = false;
});
