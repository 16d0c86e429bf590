// The library says what went wrong with a security key by an event and in the console; people look at the page.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.querySelector("[data-key-error]").hidden = false;
});
