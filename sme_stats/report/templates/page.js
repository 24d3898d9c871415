// Without this script everything is on the page; with it tables sort and filter, and charts show
// their values on hover and keyboard focus.
"use strict";
(() => {
  const said = document.body.dataset;
  const make = (tag, props) => Object.assign(document.createElement(tag), props);

  const sortable = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    const order = new Map([...body.rows].map((row, n) => [row, n]));
    const key = (row, column) => {
      const cell = row.cells[column];
      const number = cell.dataset.v;
      if (number !== undefined) return [0, parseFloat(number)];
      const text = cell.textContent.trim();
      return text === "" ? [2, 0] : [1, text];
    };
    const compare = (a, b, sign) => {
      if (a[0] !== b[0]) return a[0] - b[0]; // numbers first, blanks last, whichever way
      if (a[0] === 0) return sign * (a[1] - b[1]);
      return a[0] === 1 ? sign * a[1].localeCompare(b[1], document.documentElement.lang) : 0;
    };
    heads.forEach((head, column) => {
      if (head.dataset.plain !== undefined) return; // numbers of several units do not sort
      const button = make("button", { type: "button", textContent: head.textContent, title: said.sort });
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const rows = [...body.rows].map((row) => [key(row, column), row]);
        rows.sort((a, b) => compare(a[0], b[0], up ? 1 : -1) || order.get(a[1]) - order.get(b[1]));
        body.append(...rows.map((pair) => pair[1]));
      });
    });
  };

  const filterable = (table) => {
    const label = make("label", { className: "filter", textContent: said.filter });
    const input = make("input", { type: "search", autocomplete: "off" });
    const count = make("span", { role: "status" });
    label.append(input, count);
    (table.closest(".scroll") || table).before(label);
    const rows = [...table.tBodies[0].rows];
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLocaleLowerCase();
      let shown = 0;
      for (const row of rows) {
        row.hidden = wanted !== "" && !row.textContent.toLocaleLowerCase().includes(wanted);
        shown += row.hidden ? 0 : 1;
      }
      count.textContent = wanted === "" ? "" : `${shown} / ${rows.length} ${said.shown}`;
    });
  };

  // One stop of the tab key a chart; the arrow keys go from mark to mark.
  const readable = (svg) => {
    const figure = svg.closest("figure");
    const marks = [...svg.querySelectorAll("rect")];
    const tip = figure.querySelector(".tip") || make("div", { className: "tip", hidden: true });
    tip.setAttribute("aria-hidden", "true"); // the mark itself has the words as its name
    figure.append(tip);
    const show = (mark) => {
      tip.textContent = mark.getAttribute("aria-label");
      tip.hidden = false;
      const at = mark.getBoundingClientRect();
      const box = figure.getBoundingClientRect();
      const middle = at.left + at.width / 2 - box.left - tip.offsetWidth / 2;
      tip.style.left = `${Math.max(0, Math.min(middle, box.width - tip.offsetWidth))}px`;
      const above = at.top - box.top - tip.offsetHeight - 6;
      tip.style.top = `${above < 0 ? at.bottom - box.top + 6 : above}px`;
    };
    const hide = () => { tip.hidden = true; };
    const reach = (mark) => {
      marks.forEach((other) => other.setAttribute("tabindex", other === mark ? "0" : "-1"));
      mark.focus();
    };
    marks.forEach((mark, n) => {
      mark.querySelector("title").remove(); // the tip takes its place
      mark.setAttribute("tabindex", n === 0 ? "0" : "-1");
      mark.addEventListener("mouseenter", () => show(mark));
      mark.addEventListener("mouseleave", hide);
      mark.addEventListener("focus", () => show(mark));
      mark.addEventListener("blur", hide);
      mark.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        const to = event.key === "Home" ? 0 : event.key === "End" ? marks.length - 1 : n + (step || 0);
        if (event.key === "Escape") hide();
        else if (to !== n && marks[to]) { event.preventDefault(); reach(marks[to]); }
        else if (step) event.preventDefault();
      });
    });
  };

  document.querySelectorAll("table.sorts").forEach((table) => {
    sortable(table);
    if (table.tBodies[0].rows.length > 7) filterable(table);
  });
  document.querySelectorAll("svg.marks").forEach(readable);
  document.querySelectorAll(".hint").forEach((hint) => { hint.hidden = false; });
})();
