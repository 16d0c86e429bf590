// Who else is in the open thread, as the server tells it with its answer to the page's poll.
document.addEventListener("presence", (event) => {
  const said = document.getElementById("presence");
  if (!said) return;
  said.textContent = event.detail.text;
  document.querySelector("[data-presence]").value = event.detail.text;
});
