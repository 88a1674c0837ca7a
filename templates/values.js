// Where a number comes from: a card beside the number that has the focus or the
// pointer. In a table the arrow keys move from cell to cell, in a drawing from
// number to number.
(() => {
  const marked = ".v, td[data-v], td[data-how], svg [data-v]";
  document.documentElement.classList.add("script");
  const card = document.createElement("div");
  card.id = "value-card";
  card.setAttribute("role", "tooltip");
  card.setAttribute("aria-live", "polite");
  card.hidden = true;
  document.body.append(card);
  let shown = null;
  const split = (id) => [id.slice(0, id.lastIndexOf(".")), id.slice(id.lastIndexOf(".") + 1)];
  const rows = (name) => [...document.querySelectorAll("tr[data-row]")].filter((row) => row.dataset.row === name);
  // The cell or number of the page that has the id of a number in a drawing.
  const holder = (id) => {
    for (const one of document.querySelectorAll("data[data-id], td[data-id]")) if (one.dataset.id === id) return one;
    const [name, column] = split(id);
    for (const row of rows(name)) {
      const heads = [...headOf(row.closest("table")).cells];
      const at = heads.findIndex((head) => head.dataset.col === column);
      if (at >= 0) return row.cells[at];
    }
    return null;
  };
  // A number in a drawing: what its table says of it, or else the drawing. Of
  // columns that are counted (rank_1, rank_2) the method is that of all.
  const drawn = (element, drawing) => {
    const row = element.closest("[data-row]");
    const id = element.dataset.id ?? row.dataset.row + "." + element.dataset.col;
    const found = holder(id);
    if (found) return facts(found);
    const [name, column] = split(id);
    const inputs = (rows(name)[0] ?? drawing).dataset;
    const how = (name) => drawing.getAttribute("data-how-" + name);
    return [
      ["Value", element.dataset.v],
      ["Method", how(column) ?? how(column.replace(/_[^_]*$/, ""))],
      ["From", inputs.of],
      ["n", drawing.dataset.n],
      ["Seed", inputs === drawing.dataset || column === "interval" ? inputs.seed : ""],
      ["Id", id],
    ].filter(([, text]) => text);
  };
  const facts = (element) => {
    const drawing = element.closest("svg");
    if (drawing) return drawn(element, drawing);
    const row = element.closest("tr[data-row]");
    const table = element.closest("table");
    const head = table ? headOf(table).cells[element.cellIndex] : null;
    const of = (name) => element.dataset[name] ?? (row && element.dataset.v !== undefined ? row.dataset[name] : undefined);
    const bound = element.matches(".v, td[data-v]");
    const id = element.dataset.id ?? (bound && row && head ? row.dataset.row + "." + head.dataset.col : "");
    return [
      ["Value", bound ? element.value || element.getAttribute("value") || element.dataset.v || element.textContent : ""],
      ["Method", element.dataset.how ?? (bound && head ? head.dataset.how : "")],
      ["From", of("of")],
      ["n", of("n")],
      ["Seed", of("seed")],
      ["Id", id],
    ].filter(([, text]) => text);
  };
  // `owner` is what has the focus: in a drawing the drawing, else the element.
  const show = (element, owner = element) => {
    if (shown && shown.element === element) return;
    hide();
    const list = document.createElement("dl");
    for (const [name, text] of facts(element)) {
      const term = document.createElement("dt");
      const detail = document.createElement("dd");
      term.textContent = name;
      detail.textContent = text;
      list.append(term, detail);
    }
    card.replaceChildren(list);
    card.hidden = false;
    const box = element.getBoundingClientRect();
    const width = document.documentElement.clientWidth;
    card.style.left = scrollX + Math.max(8, Math.min(box.left, width - card.offsetWidth - 8)) + "px";
    const below = box.bottom + card.offsetHeight + 12 < innerHeight || box.top < card.offsetHeight + 12;
    card.style.top = scrollY + (below ? box.bottom + 6 : box.top - card.offsetHeight - 6) + "px";
    owner.setAttribute("aria-describedby", card.id);
    element.classList.add("told");
    shown = { element, owner };
  };
  const hide = () => {
    if (!shown) return;
    shown.owner.removeAttribute("aria-describedby");
    shown.element.classList.remove("told");
    card.hidden = true;
    shown = null;
  };
  for (const type of ["pointerover", "focusin"]) {
    document.addEventListener(type, (event) => {
      const target = event.target;
      // By a key: the first number. A press of the pointer shows the one it is at.
      if (type === "focusin" && target.matches("svg[tabindex]")) {
        if (target.matches(":focus-visible")) show(target.querySelector("[data-v]"), target);
        return;
      }
      const element = target.closest && target.closest(marked);
      if (element) show(element);
      else if (!card.contains(event.target)) hide();
    });
  }
  document.addEventListener("focusout", (event) => {
    if (shown && shown.owner === event.target) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return hide();
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    const drawing = document.activeElement && document.activeElement.closest("svg[tabindex]");
    if (step && drawing) {
      const all = [...drawing.querySelectorAll("[data-v]")];
      const at = shown ? all.indexOf(shown.element) : -1;
      const next = all[at + step[0] + step[1]];
      if (!next) return;
      event.preventDefault();
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
      show(next, drawing);
      return;
    }
    const cell = document.activeElement && document.activeElement.closest("td");
    if (!step || !cell) return;
    const table = cell.closest("table");
    let [row, column] = [cell.parentElement.rowIndex, cell.cellIndex];
    for (;;) {
      row += step[0];
      column += step[1];
      const next = table.rows[row] && table.rows[row].cells[column];
      if (!next || next.tagName !== "TD") return;
      if (next.matches(marked) && next.offsetParent) {
        event.preventDefault();
        cell.removeAttribute("tabindex");
        next.tabIndex = 0;
        return next.focus();
      }
    }
  });
  document.querySelectorAll("tbody").forEach((body) => {
    const first = body.querySelector("td[data-v]") ?? body.querySelector("td[data-how]");
    if (first) first.tabIndex = 0;
  });
})();
