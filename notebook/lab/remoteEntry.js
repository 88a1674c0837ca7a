// Texts of a notebook in JupyterLab: `{{ gain }}` becomes the value that a cell bound,
// `[[fig-gain]]` a link to the labelled cell, captions count in the order of the
// notebook, and figures follow the theme. What is stored in the notebook stays as it
// is. Written by hand in the form that JupyterLab loads, so that nothing is built.
(() => {
  "use strict";
  const NAME = "transfolio-notebook";
  const VALUE = "application/vnd.transfolio.value.";
  const MARK = /\{\{\s*([a-z0-9_]+)\s*\}\}|\[\[\s*([A-Za-z0-9_-]+)\s*\]\]/g;
  const DARK = /@media\(prefers-color-scheme:dark\)\{/;

  /** Values and labels that the cells of a notebook give. */
  const known = (cells) => {
    const values = new Map(), labels = new Map();
    let figures = 0, tables = 0;
    for (const cell of cells) {
      if (cell.model.type !== "code") continue;
      for (const line of cell.model.sharedModel.getSource().split("\n")) {
        if (!line.startsWith("//|")) break;
        const found = /^\/\/\|\s*label\s*:\s*(\S+)/.exec(line);
        if (found) {
          const name = found[1].startsWith("tab") ? `Table ${++tables}` : `Figure ${++figures}`;
          labels.set(found[1], { name, cell });
        }
      }
      const outputs = cell.model.outputs;
      for (let at = 0; at < outputs.length; at++) {
        const data = outputs.get(at).data;
        for (const mime of Object.keys(data)) {
          if (mime.startsWith(VALUE)) {
            const name = mime.slice(VALUE.length).replace(/\+json$/, "");
            const value = typeof data[mime] === "string" ? JSON.parse(data[mime]) : data[mime];
            values.set(name, value);
          }
        }
      }
    }
    return { values, labels };
  };

  /** Puts a place for each mark into rendered text; code stays as it is. */
  const split = (root) => {
    const texts = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const inside = node.parentElement?.closest("code, pre, [data-transfolio]");
      if (!inside && node.data.search(MARK) >= 0) texts.push(node);
    }
    for (const node of texts) {
      const pieces = document.createDocumentFragment();
      let last = 0;
      for (const found of node.data.matchAll(MARK)) {
        pieces.append(node.data.slice(last, found.index));
        const place = document.createElement(found[2] ? "a" : "span");
        place.dataset.transfolio = found[0];
        if (found[1]) place.dataset.value = found[1]; else place.dataset.label = found[2];
        pieces.append(place);
        last = found.index + found[0].length;
      }
      pieces.append(node.data.slice(last));
      node.replaceWith(pieces);
    }
  };

  const set = (node, text, title) => {
    if (node.textContent !== text) node.textContent = text;
    if (node.title !== title) node.title = title;
  };

  /** Writes what is known into the places. */
  const fill = (root, { values, labels }) => {
    for (const place of root.querySelectorAll("[data-transfolio]")) {
      const value = values.get(place.dataset.value), label = labels.get(place.dataset.label);
      if (value) set(place, value.text, [value.number ?? "", value.about ?? ""].filter((t) => t !== "").join(" \u2013 "));
      else if (label) {
        set(place, label.name, "");
        place.style.cursor = "pointer";
        place.onclick = () => label.cell.node.scrollIntoView({ behavior: "smooth", block: "center" });
      } else set(place, place.dataset.transfolio, "no cell has given it yet");
      const style = value ? "underline dotted" : "";
      if (place.style.textDecoration !== style) place.style.textDecoration = style;
    }
  };

  /** The caption of a labelled cell, by its place in the notebook. */
  const number = ({ labels }) => {
    for (const { name, cell } of labels.values()) {
      const heads = Array.from(cell.node.querySelectorAll(".jp-OutputArea-output.jp-RenderedMarkdown p > strong:first-child"));
      const head = heads.filter((node) => /^(Figure|Table) \d+\.$/.test(node.textContent)).at(-1);
      if (head) set(head, `${name}.`, "");
    }
  };

  /** Figures in the colours of the theme, whatever the system prefers. */
  const dress = (root) => {
    const dark = document.body.dataset.jpThemeLight === "false";
    for (const image of root.querySelectorAll("img[src^='data:image/svg+xml']")) {
      const theme = dark ? "dark" : "light";
      if (image.dataset.transfolioTheme === theme) continue;
      const source = image.dataset.transfolioSource ?? image.src;
      const comma = source.indexOf(",");
      const packed = /;base64$/.test(source.slice(0, comma));
      let svg;
      try {
        const bytes = packed ? Uint8Array.from(atob(source.slice(comma + 1)), (c) => c.charCodeAt(0)) : null;
        svg = bytes ? new TextDecoder().decode(bytes) : decodeURIComponent(source.slice(comma + 1));
      } catch { continue; }
      image.dataset.transfolioTheme = theme;
      if (!DARK.test(svg)) continue;
      image.dataset.transfolioSource = source;
      svg = svg.replace(DARK, dark ? "@media all{" : "@media not all{");
      image.src = "data:image/svg+xml," + encodeURIComponent(svg);
    }
  };

  const watch = (panel) => {
    const root = panel.content.node;
    let waiting = false;
    const now = () => {
      waiting = false;
      if (panel.isDisposed) return;
      try {
        const cells = panel.content.widgets, found = known(cells);
        for (const cell of cells) {
          if (cell.model.type !== "markdown") continue;
          for (const text of cell.node.querySelectorAll(".jp-MarkdownOutput")) { split(text); fill(text, found); }
        }
        number(found);
        dress(root);
      } catch (error) { console.warn("transfolio-notebook:", error); }
    };
    const soon = () => { if (!waiting) { waiting = true; setTimeout(now, 60); } };
    const observer = new MutationObserver(soon);
    observer.observe(root, { childList: true, subtree: true });
    const theme = new MutationObserver(soon);
    theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
    panel.disposed.connect(() => { observer.disconnect(); theme.disconnect(); });
    panel.context.ready.then(soon);
    soon();
  };

  let scope = {};
  const shared = async (name) => {
    const versions = Object.values(scope[name] ?? {});
    if (versions.length === 0) throw new Error(`JupyterLab shares no ${name}`);
    return (await versions[0].get())();
  };
  const extension = async () => {
    const { INotebookTracker } = await shared("@jupyterlab/notebook");
    const plugin = {
      id: `${NAME}:texts`,
      autoStart: true,
      requires: [INotebookTracker],
      activate: (_app, tracker) => {
        tracker.forEach(watch);
        tracker.widgetAdded.connect((_tracker, panel) => watch(panel));
      },
    };
    return { __esModule: true, default: plugin };
  };
  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB[NAME] = {
    init: (given) => { scope = given; },
    get: async (module) => {
      const made = module === "./style" ? {} : await extension();
      return () => made;
    },
  };
})();
