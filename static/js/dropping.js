// Pictures and videos that are pasted into the text, or dropped on its thread, are attached like chosen ones.
const composer = () => document.querySelector("form[data-composer]");

function attach(files) {
  const input = composer().elements.attachments;
  const all = new DataTransfer();
  for (const file of [...input.files, ...files]) all.items.add(file);
  input.files = all.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("paste", (event) => {
  const { files, types } = event.clipboardData;
  if (!files.length || !event.target.closest?.("form[data-composer]")) return;
  if (types.includes("text/plain")) return; // of a table or a document: the text is meant, the picture only shows it
  event.preventDefault();
  attach(files);
});

const overThread = (event) => composer() && event.target.closest?.("#conversation") && event.dataTransfer.types.includes("Files");

document.addEventListener("dragover", (event) => {
  if (overThread(event)) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  if (!overThread(event)) return;
  event.preventDefault();
  attach(event.dataTransfer.files);
});
