
// Comfort only: without it every link still works, and the browser's own search finds everything.
"use strict";
// A link into something folded opens it, in browsers that do not do so by themselves too.
function openTarget() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (!target) return;
    for (let at = target.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
    (target.classList.contains("body") ? target.parentElement : target).scrollIntoView();
}
addEventListener("hashchange", openTarget);
openTarget();

// A field above the entries that leaves only those that hold all of its words.
const runs = document.querySelector(".runs");
const search = document.createElement("input");
search.type = "search";
search.className = "search";
search.placeholder = "Search: a path, an argument, a hash, a number";
search.setAttribute("aria-label", "Search the entries");
runs.before(search);
const entries = Array.from(runs.querySelectorAll(":scope > details"), (element) => ({ element, text: null }));
search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const entry of entries) {
        entry.text ??= entry.element.textContent.toLowerCase();
        entry.element.hidden = !words.every((word) => entry.text.includes(word));
    }
});
