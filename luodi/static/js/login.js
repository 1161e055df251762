/* Sign-in: a demo account's button fills the form. Hook: button[data-username][data-password]. */

const form = document.getElementById("login-form");

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-username]");
  if (!button) return;
  form.elements.username.value = button.dataset.username;
  form.elements.password.value = button.dataset.password;
  form.querySelector(".btn-primary").focus();
});
