// Tables: sort, filter, and LaTeX and Markdown of the rows that are shown.
(() => {
  const collator = new Intl.Collator("en", { numeric: true });
  // The full value where the cell has one, else the first number of its text.
  const number = (cell) => {
    const text = (cell.dataset.v || cell.textContent).replace(/\u2212/g, "-");
    const found = text.match(/[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/i);
    if (!found) return NaN;
    return parseFloat(found[0]) * (/^\s*</.test(text) ? 1 - 1e-9 : 1);
  };
  const plain = (cell) => {
    const copy = cell.cloneNode(true);
    copy.querySelectorAll("sup.mark").forEach((mark) => mark.remove());
    return copy.textContent;
  };
  const mark = (cell) => cell.querySelector("sup.mark")?.textContent ?? "";

  const sortBy = (table, rows, column, direction) => {
    const numeric = headOf(table).cells[column].classList.contains("n");
    const keys = new Map(rows.map((row) => {
      const cell = row.cells[column];
      const text = cell ? cell.textContent.trim() : "";
      return [row, numeric && cell ? number(cell) : text];
    }));
    const missing = (key) => (numeric ? Number.isNaN(key) : key === "" || key === "\u2013");
    const compare = (a, b) => {
      const [x, y] = [keys.get(a), keys.get(b)];
      if (missing(x) || missing(y)) return missing(x) - missing(y);
      return direction * (numeric ? x - y : collator.compare(x, y));
    };
    return direction ? [...rows].sort(compare) : rows;
  };

  const sortable = (table) => {
    const body = table.tBodies[0];
    const first = [...body.rows];
    const heads = [...headOf(table).cells];
    heads.forEach((head, column) => {
      // A span, because repeated heads of a printed table show no form controls.
      const button = document.createElement("span");
      button.className = "sort";
      button.tabIndex = 0;
      button.setAttribute("role", "button");
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        button.click();
      });
      button.addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        const next = now === "ascending" ? "descending" : now === "descending" ? null : "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        if (next) head.setAttribute("aria-sort", next);
        const direction = { ascending: 1, descending: -1 }[next] ?? 0;
        body.append(...sortBy(table, first, column, direction));
      });
    });
  };

  const filterable = (figure, table, tools) => {
    const rows = [...table.tBodies[0].rows];
    if (rows.length < 8) return;
    const input = document.createElement("input");
    input.type = "search";
    input.placeholder = "Filter rows";
    input.setAttribute("aria-label", "Filter rows of " + figure.querySelector(".number").textContent.replace(/\.$/, ""));
    const status = document.createElement("span");
    status.className = "status";
    status.setAttribute("role", "status");
    const texts = new Map();
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row) => {
        if (!texts.has(row)) texts.set(row, [...row.cells].map((cell) => cell.textContent).join(" ").toLowerCase());
        row.hidden = !words.every((word) => texts.get(row).includes(word));
        shown += !row.hidden;
      });
      status.textContent = words.length ? shown + " of " + rows.length + " rows" : "";
    });
    tools.append(input, " ", status, " ");
  };

  // The same text as `report --export` writes.
  const NAMED = {
    "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "<": "\\textless{}",
    ">": "\\textgreater{}", "|": "\\textbar{}", '"': "\\textquotedbl{}", "`": "\\textasciigrave{}",
    "[": "{[}", "]": "{]}", "*": "{*}", "\u00a0": "~", "\u2013": "--", "\u2014": "---",
    "\u2020": "\\textdagger{}", "\u2026": "\\ldots{}", "\u2190": "$\\leftarrow$", "\u2192": "$\\rightarrow$",
    "\u2212": "$-$", "\u2248": "$\\approx$", "\u2260": "$\\neq$", "\u2264": "$\\leq$", "\u2265": "$\\geq$",
    "\u221e": "$\\infty$", "\u0394": "$\\Delta$",
  };
  Object.entries({
    "\u03b1": "alpha", "\u03b2": "beta", "\u03b3": "gamma", "\u03b4": "delta", "\u03b5": "varepsilon", "\u03ba": "kappa",
    "\u03bb": "lambda", "\u03bc": "mu", "\u03c0": "pi", "\u03c1": "rho", "\u03c3": "sigma", "\u03c4": "tau", "\u03c7": "chi",
  }).forEach(([letter, name]) => { NAMED[letter] = "$\\" + name + "$"; });
  const latexText = (text) => {
    let out = "";
    let last = " ";
    let [long, unbroken] = [false, 0];
    const chars = [...text];
    const ends = (c) => c === " " || c === "\u00a0" || /\p{Cc}/u.test(c);
    for (const [at, c] of chars.entries()) {
      if (ends(c)) long = false;
      else if (ends(last)) {
        const end = chars.findIndex((other, index) => index > at && ends(other));
        [long, unbroken] = [(end < 0 ? chars.length : end) - at > 24, 0];
      }
      const marks = "/_.:=,-";
      if (long && unbroken > 0 && (marks.includes(last) || (unbroken >= 8 && !marks.includes(c)))) {
        out += "\\allowbreak{}";
        unbroken = 0;
      }
      unbroken += 1;
      if (c === last && "-,'".includes(c)) out += "{}";
      last = c;
      if (NAMED[c]) out += NAMED[c];
      else if (/\p{Cc}/u.test(c)) out += " ";
      else out += "&%$#_{}".includes(c) ? "\\" + c : c;
    }
    return out;
  };
  const markdownText = (text) => {
    let out = "";
    let last = " ";
    for (const c of text) {
      if ("|\\`*_<>".includes(c) || (c === "(" && last === "]")) out += "\\";
      out += /\p{Cc}/u.test(c) ? " " : c;
      last = c;
    }
    return out;
  };
  const parts = (table) => ({
    heads: [...headOf(table).cells].map((cell) => ({ text: cell.textContent, numeric: cell.classList.contains("n") })),
    rows: [...table.tBodies[0].rows].filter((row) => !row.hidden).map((row) => [...row.cells]),
  });
  const latex = (table) => {
    const { heads, rows } = parts(table);
    const columns = heads.map((head, at) => {
      if (head.numeric) return "r";
      return rows.some((row) => row[at] && [...plain(row[at])].length > 40) ? "p{5cm}" : "l";
    });
    const cell = (td) => {
      const text = latexText(plain(td));
      const bold = td.querySelector("strong") ? "\\textbf{" + text + "}" : text;
      return bold + (mark(td) ? "\\textsuperscript{" + latexText(mark(td)) + "}" : "");
    };
    const line = (cells) => cells.join(" & ") + " \\\\\n";
    return "\\begin{tabular}{" + columns.join("") + "}\n\\toprule\n" + line(heads.map((head) => latexText(head.text)))
      + "\\midrule\n" + rows.map((row) => line(row.map(cell))).join("") + "\\bottomrule\n\\end{tabular}\n";
  };
  const markdown = (table) => {
    const { heads, rows } = parts(table);
    const line = (cells) => "| " + cells.join(" | ") + " |\n";
    const cell = (td) => {
      const text = markdownText(plain(td));
      return (td.querySelector("strong") ? "**" + text + "**" : text) + markdownText(mark(td));
    };
    return line(heads.map((head) => markdownText(head.text))) + line(heads.map((head) => (head.numeric ? "--:" : "---")))
      + rows.map((row) => line(row.map(cell))).join("");
  };

  document.querySelectorAll("figure.table").forEach((figure) => {
    const table = figure.querySelector("table");
    const tools = figure.querySelector(".tools");
    if (!table || !table.tHead || !tools) return;
    addButton(tools, "LaTeX", "Download " + figure.id + ".tex: the rows shown", () => save(latex(table), figure.id + ".tex", "text/x-tex"));
    addButton(tools, "Markdown", "Download " + figure.id + ".md: the rows shown", () => save(markdown(table), figure.id + ".md", "text/markdown"));
    const search = document.createElement("span");
    filterable(figure, table, search);
    tools.prepend(search);
    sortable(table);
  });
})();
