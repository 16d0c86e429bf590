// The download begins by itself when the export that this page shows has just become ready.
document.body.addEventListener("export-ready", () => {
  document.addEventListener("htmx:afterSettle", () => document.querySelector("[data-download]")?.click(), { once: true });
});
