// The secret stands behind the # of the address: browsers do not send it, and no log has it.
const form = document.getElementById("form");
const said = document.getElementById("said");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = { secret: location.hash.slice(1), name: form.elements.name.value, password: form.elements.password.value };
  const answer = await fetch("/v1/setup", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (answer.ok) {
    form.hidden = true;
    said.textContent = form.dataset.done.replace("{name}", body.name);
    document.getElementById("on").hidden = false;
    document.querySelector("#on a").focus();
  } else {
    const problem = await answer.json();
    said.textContent = `${problem.detail}: ${problem.mend}`;
  }
});
