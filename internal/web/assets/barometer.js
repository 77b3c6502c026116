// Small comforts on top of pages that work without script: a live character
// count, the sum of shares as they are typed, and options that are chosen alone
// clearing the others, or what stands in the fields beside them.
"use strict";

for (const field of document.querySelectorAll("[data-counter]")) {
  const counter = document.getElementById(field.dataset.counter);
  const pattern = counter.dataset.left;
  const update = () => {
    counter.textContent = pattern.replace("%n", field.maxLength - field.value.length);
  };
  field.addEventListener("input", update);
  field.addEventListener("change", update);
  update();
}

for (const group of document.querySelectorAll("[data-shares]")) {
  const line = document.getElementById(group.dataset.shares);
  const plain = line.textContent;
  const written = (hundredths) => (hundredths / 100).toLocaleString(document.documentElement.lang);
  const update = () => {
    const texts = [...group.querySelectorAll("input[type=text]")].map((field) => field.value.trim());
    const parts = texts.map((text) => Math.round(Number(text.replace(",", ".")) * 100));
    const sum = parts.reduce((a, b) => a + b, 0);
    line.textContent = texts.every((text) => text === "") || Number.isNaN(sum) || sum > 10000
      ? plain
      : line.dataset.sum.replace("%n", written(sum)).replace("%r", written(10000 - sum));
  };
  group.addEventListener("input", update);
  group.addEventListener("change", update);
  update();
}

for (const group of document.querySelectorAll("[data-exclusive]")) {
  group.addEventListener("change", (event) => {
    const chosen = event.target;
    if (chosen.type !== "checkbox" || !chosen.checked) return;
    const alone = chosen.hasAttribute("data-alone");
    for (const box of group.querySelectorAll("input[type=checkbox]")) {
      if (box !== chosen && (alone || box.hasAttribute("data-alone"))) box.checked = false;
    }
  });
}

// What an option beside a field clears comes back when it is not chosen after
// all; who writes has not chosen it.
for (const beside of document.querySelectorAll(".beside")) {
  const boxes = [...beside.querySelectorAll("input[type=checkbox]")];
  const fields = [...beside.parentElement.querySelectorAll("input[type=text], textarea, select")];
  const put = (field, text) => {
    field.value = text;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  beside.addEventListener("change", () => {
    const chosen = boxes.some((box) => box.checked);
    for (const field of fields) {
      if (chosen && field.value) {
        field.dataset.kept = field.value;
        put(field, "");
      } else if (!chosen && field.dataset.kept && !field.value) {
        put(field, field.dataset.kept);
      }
    }
  });
  for (const field of fields) {
    field.addEventListener("input", () => {
      for (const box of boxes) box.checked = false;
    });
  }
}

// A form of choices shows what is chosen at once, in the place that it names; the
// address follows, and focus stays. Where that fails, its button still works.
for (const form of document.querySelectorAll("form[data-instant]")) {
  const place = document.getElementById(form.dataset.instant);
  const news = document.getElementById(form.dataset.instant + "-news");
  let asked = 0;
  form.addEventListener("change", async () => {
    const turn = ++asked;
    const address = form.action + "?" + new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(address);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (turn !== asked || !answer.ok) return;
      place.replaceChildren(...page.getElementById(place.id).childNodes);
      history.replaceState(null, "", address);
      document.title = page.title;
      news.textContent = place.querySelector("h2")?.textContent ?? "";
    } catch {
      // the reader presses the button
    }
  });
}
