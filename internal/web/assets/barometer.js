// Small comforts on top of pages that work without script: a live character
// count, the sum of shares as they are typed, and options that are chosen alone
// clearing the others.
"use strict";

for (const field of document.querySelectorAll("[data-counter]")) {
  const counter = document.getElementById(field.dataset.counter);
  const pattern = counter.dataset.left;
  const update = () => {
    counter.textContent = pattern.replace("%n", field.maxLength - field.value.length);
  };
  field.addEventListener("input", update);
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
