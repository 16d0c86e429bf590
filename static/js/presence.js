// Who else is in the open thread, as the server tells it with its answer to the page's poll.
document.addEventListener("presence", (event) => {
  document.getElementById("presence").textContent = event.detail.text;
  document.querySelector("[data-presence]").value = event.detail.text;
});
