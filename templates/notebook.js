"use strict";
(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const button = (text, title) => {
    const made = document.createElement("button");
    made.type = "button"; made.textContent = text; made.title = title;
    return made;
  };
  const copy = async (text, at) => {
    const before = at.textContent;
    try { await navigator.clipboard.writeText(text); at.textContent = "copied"; }
    catch { at.textContent = "select it and copy"; }
    setTimeout(() => { at.textContent = before; }, 1500);
  };
  for (const code of all("pre.code")) {
    const made = button("copy", "Copy this code");
    made.className = "copy";
    made.addEventListener("click", () => copy(code.textContent, made));
    code.after(made);
  }
  const folds = all("details.code");
  const tools = document.querySelector(".tools");
  if (tools && folds.length > 1) {
    const made = button("", "Show or hide the code of all cells");
    const open = () => folds.some((fold) => fold.open);
    const say = () => { made.textContent = open() ? "hide all code" : "show all code"; };
    made.addEventListener("click", () => { const now = !open(); folds.forEach((fold) => { fold.open = now; }); say(); });
    folds.forEach((fold) => fold.addEventListener("toggle", say));
    say(); tools.append(made);
  }
  // What is closed on the screen is open on paper.
  let closed = [];
  addEventListener("beforeprint", () => { closed = all("main details:not([open]):not(.code)"); closed.forEach((fold) => { fold.open = true; }); });
  addEventListener("afterprint", () => closed.forEach((fold) => { fold.open = false; }));
  // The command that renders the notebook with other values.
  const form = document.querySelector("form.parameters");
  if (form) {
    const quoted = (text) => /^[\w.,:\/=+-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\\''") + "'";
    const line = form.querySelector("output");
    const bar = form.querySelector(".command");
    const made = button("copy", "Copy this command");
    const say = () => {
      const given = all("input", form).map((input) => {
        const now = input.type === "checkbox" ? String(input.checked) : input.value;
        const was = input.type === "checkbox" ? String(input.defaultChecked) : input.defaultValue;
        return now === was ? "" : " -p " + quoted(input.name + "=" + now);
      }).join("");
      bar.hidden = given === "";
      line.textContent = "transfolio render " + quoted(form.dataset.file) + given;
    };
    made.addEventListener("click", () => copy(line.textContent, made));
    form.addEventListener("input", say);
    form.addEventListener("submit", (event) => event.preventDefault());
    bar.append(made);
    all("input", form).forEach((input) => { input.disabled = false; });
    say();
  }
  // The section that is read, in the contents.
  const links = new Map(all("nav a").map((link) => [link.hash.slice(1), link]));
  const heads = all("main :is(h2, h3, h4)[id]").filter((head) => links.has(head.id));
  if (heads.length > 1 && "IntersectionObserver" in window) {
    const mark = () => {
      const above = heads.filter((head) => head.getBoundingClientRect().top < 120);
      const now = (above.at(-1) ?? heads[0]).id;
      links.forEach((link, id) => { if (id === now) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current"); });
    };
    addEventListener("scroll", mark, { passive: true }); mark();
  }
})();
