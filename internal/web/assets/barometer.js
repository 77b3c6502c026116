// Small comforts on top of pages that work without script: a live character
// count, and options that are chosen alone clearing the others.
"use strict";

for (const field of document.querySelectorAll("textarea[data-counter]")) {
  const counter = document.getElementById(field.dataset.counter);
  const pattern = counter.dataset.left;
  const update = () => {
    counter.textContent = pattern.replace("%n", field.maxLength - field.value.length);
  };
  field.addEventListener("input", update);
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
