"use strict";
// Downloads, light and dark, contents that follow the reader, folds.
const save = (bytes, name, type) => {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
};
// Heads may stand in groups: the last row names the columns.
const headOf = (table) => table.tHead.rows[table.tHead.rows.length - 1];
const addButton = (parent, text, title, action) => {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.title = title;
  button.addEventListener("click", action);
  parent.append(" ", button);
  return button;
};
// The bytes of a file in the page: of the file that has the same content, where
// it names one; inflated, where they are packed.
const bytesOf = async (source) => {
  const holder = source.dataset.same ? document.getElementById(source.dataset.same) : source;
  const bytes = Uint8Array.from(atob(holder.textContent.trim()), (c) => c.charCodeAt(0));
  if (!holder.dataset.packed) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(holder.dataset.packed));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};
const picture = async (source) => {
  const image = new Image();
  image.addEventListener("load", () => {
    const canvas = document.createElement("canvas");
    // A browser gives an SVG its own size; twice that is fine enough for print.
    [canvas.width, canvas.height] = [2 * image.naturalWidth, 2 * image.naturalHeight];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => blob && save(blob, source.dataset.name.replace(/svg$/, "png"), "image/png"));
  });
  image.src = "data:image/svg+xml," + encodeURIComponent(new TextDecoder().decode(await bytesOf(source)));
};
// A very large page leaves out the files of its drawings: the drawing in the
// page is made into one, with the colours of the light scheme.
const drawn = (button) => {
  const [, label, at] = button.dataset.file.match(/^(.*)-svg-(\d+)$/) ?? [];
  const svg = label && button.closest(".panel")?.querySelector("svg");
  if (!svg) return null;
  const copy = svg.cloneNode(true);
  const box = (svg.getAttribute("viewBox") ?? "").split(/[\s,]+/);
  if (box.length === 4) [copy.style.width, copy.style.height] = ["", ""];
  if (box.length === 4) ["width", "height"].forEach((name, index) => copy.setAttribute(name, box[index + 2]));
  copy.removeAttribute("role");
  const text = new XMLSerializer().serializeToString(copy).replace(/var\(--[\w-]+,\s*(#[0-9a-f]{6})\)/gi, "$1");
  const bytes = new TextEncoder().encode(text);
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return { dataset: { name: label + "-" + (Number(at) + 1) + ".svg", mime: "image/svg+xml" }, textContent: btoa(binary) };
};
document.querySelectorAll("button[data-file]").forEach((button) => {
  const source = document.getElementById(button.dataset.file) ?? drawn(button);
  if (!source) {
    button.hidden = true;
    return;
  }
  button.title = "Download " + source.dataset.name;
  button.addEventListener("click", async () => {
    save(await bytesOf(source), source.dataset.name, source.dataset.mime);
  });
  if (source.dataset.mime === "image/svg+xml") {
    const name = source.dataset.name.replace(/svg$/, "png");
    addButton(button.parentElement, "PNG", "Download " + name, () => picture(source));
  }
});
document.getElementById("scheme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.scheme
    ? root.dataset.scheme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.scheme = dark ? "light" : "dark";
  try { localStorage.setItem("transfolio-scheme", root.dataset.scheme); } catch { /* no storage here */ }
});
(() => {
  const nav = document.querySelector("nav");
  const links = nav ? [...nav.querySelectorAll("a[href^='#']")] : [];
  const sections = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  let waiting = false;
  const follow = () => {
    waiting = false;
    let at = 0;
    sections.forEach((section, index) => {
      if (section && section.offsetParent && section.getBoundingClientRect().top < 160) at = index;
    });
    links.forEach((link, index) => {
      if (index === at) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    const link = links[at];
    if (link && nav.scrollHeight > nav.clientHeight) {
      const top = link.offsetTop - nav.clientHeight / 2;
      if (Math.abs(nav.scrollTop - top) > nav.clientHeight / 3) nav.scrollTop = top;
    }
  };
  const soon = () => {
    if (!waiting) requestAnimationFrame(follow);
    waiting = true;
  };
  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon);
  follow();
})();
(() => {
  // A fold opens when a link leads into it.
  const open = () => {
    let at = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!at) return;
    const folds = [];
    for (let fold = at.closest("details"); fold; fold = fold.parentElement.closest("details")) folds.push(fold);
    if (!folds.some((fold) => !fold.open)) return;
    folds.forEach((fold) => { fold.open = true; });
    at.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();
  // Printed in full, all folds are open meanwhile, in every browser.
  if (document.body.dataset.print === "full") {
    let closed = [];
    addEventListener("beforeprint", () => { closed = [...document.querySelectorAll("main details:not([open])")]; closed.forEach((fold) => { fold.open = true; }); });
    addEventListener("afterprint", () => closed.forEach((fold) => { fold.open = false; }));
  }
  const code = [...document.querySelectorAll("details.code")];
  const header = document.querySelector("header");
  if (code.length > 1 && header) {
    const button = addButton(header, "Show code", "Open or close all folds of code", () => {
      const all = code.every((fold) => fold.open);
      code.forEach((fold) => { fold.open = !all; });
      button.textContent = all ? "Show code" : "Hide code";
    });
    button.id = "code";
  }
})();
