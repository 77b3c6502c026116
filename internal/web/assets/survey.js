// Saves a page of the questionnaire by itself after a pause, and warns before
// the session runs out. The page works the same without: what is saved here goes
// the way of its buttons, and everything it says stands in the page.
"use strict";

const pause = 2000; // after the last change, in milliseconds
const longestWait = 60000; // between tries
const patience = 10000; // with an answer that does not come
const warning = 180; // seconds before the end of the session

const form = document.querySelector("form[data-autosave]");
const session = watchSession(document.querySelector("[data-session]"));
if (form) autosave(form);

// A page that the browser kept shows answers that may have changed since.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

function autosave(form) {
  const words = document.getElementById("saved");
  let dirty = false; // something is not sent yet
  let saving = null; // the save under way: there is never another beside it
  let stopped = false;
  let leaving = false;
  let wait = pause;
  let timer = 0;

  function say(what) {
    words.textContent = form.dataset[what];
    words.parentElement.toggleAttribute("data-quiet", what !== "saved");
  }

  function later(delay) {
    clearTimeout(timer);
    if (!stopped && !leaving) timer = setTimeout(save, delay);
  }

  function save() {
    if (saving || stopped || !dirty) return;
    clearTimeout(timer);
    dirty = false;
    say("saving");
    saving = send().finally(() => {
      saving = null;
      if (dirty) later(wait);
    });
  }

  async function send() {
    const body = new URLSearchParams(new FormData(form));
    body.set("action", "stay");
    let answer;
    try {
      answer = await fetch(form.getAttribute("action"), { // form.action is the buttons of that name
        method: "POST", body, headers: { Accept: "application/json" },
        redirect: "manual", keepalive: true, signal: AbortSignal.timeout(patience),
      });
      if (answer.status === 200 || answer.status === 401) return settle(await answer.json());
    } catch {
      return failed();
    }
    if (answer.status === 429 || answer.status >= 500) return failed();
    stopped = true;
    say({ 409: "stale", 410: "closed" }[answer.status] || "refused");
  }

  // The server says "saved" only when it is: so does the page.
  function settle(told) {
    form.elements.revision.value = told.revision;
    wait = pause;
    session.until(told);
    if (!dirty) say("saved");
  }

  function failed() {
    dirty = true;
    wait = Math.min(2 * wait, longestWait);
    say("failed");
  }

  function changed() {
    dirty = true;
    if (stopped) return;
    if (!saving) say("unsaved");
    later(wait);
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);

  // A button waits for the save under way, so that both do not meet.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    leaving = true;
    if (!saving) return;
    event.preventDefault();
    const button = event.submitter;
    saving.finally(() => form.requestSubmit(button));
  });

  document.addEventListener("click", (event) => {
    const stay = event.target.closest("[data-session] button");
    if (!stay) return;
    event.preventDefault();
    dirty = true;
    save();
  });

  window.addEventListener("pagehide", () => {
    if (!leaving) save();
  });
}

function watchSession(box) {
  if (!box) return { until() {} };
  const alert = box.querySelector("[role=alert]");
  let end = Date.now() + 1000 * box.dataset.session;

  function show(text, stay) {
    if (alert.dataset.shown === text) return; // read out once
    alert.dataset.shown = text;
    alert.replaceChildren();
    if (!text) return;
    const words = document.createElement("p");
    words.textContent = text;
    alert.append(words);
    if (!stay) return;
    const way = box.querySelector(".session-note button, .session-note a").cloneNode(true);
    way.className = "button button-primary";
    alert.append(way);
  }

  function look() {
    const left = Math.round((end - Date.now()) / 1000);
    if (left > warning) show("");
    else if (left <= 0) show(alert.dataset.over);
    else if (left > 60) show(alert.dataset.soon.replace("%n", Math.ceil(left / 60)), true);
    else show(alert.dataset.soonOne, true);
  }

  setInterval(look, 1000);
  look();
  return {
    until(told) {
      end = Date.now() + 1000 * told.seconds;
      if (told.seconds) box.querySelector("[data-until]").textContent = told.until;
      look();
    },
  };
}
