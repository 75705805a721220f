// A list of any length: the page contains only the visible rows, and fetches only their pages.

import { byId, element } from "./dom.js";

const ROW = 30; // px, as in .row
const PAGE = 100;
const SPARE = 6; // rows above and below the visible ones
const MARK_MS = 2500; // as in the animations
const MOST = 500_000; // rows; browsers do not go much higher than 15 million px

function shownLabels(row) {
  const shown = element("span", { class: "labels" });
  for (const [name, value] of Object.entries(row.shown)) {
    if (name !== "job" && name !== "instance") shown.append(`${name}=`, element("b", {}, value), "  ");
  }
  return shown;
}

export class TargetList {
  #root = byId("list");
  #space = this.#root.firstElementChild;
  #load;
  #pages = new Map(); // number → rows, or the promise of them
  #rows = new Map(); // key → its element and what it shows
  #marks = new Map(); // key → {kind, until}
  #unmarking = null;
  #generation = 0;
  #resetting = null;
  #total = 0;
  #wanted = null; // the index to select when its row is loaded

  /** The selected row and where it is, or null. */
  selected = null;
  onTotal = () => {};
  onSelect = () => {};
  onOpen = () => {};
  onFailure = () => {};
  onPending = () => {};

  /** @param load (offset, limit) → promise of {total, rows, pending} */
  constructor(load) {
    this.#load = load;
    this.#root.addEventListener("scroll", () => this.#render(), { passive: true });
    this.#root.addEventListener("click", (event) => this.#clicked(event));
    this.#root.addEventListener("keydown", (event) => this.#pressed(event));
    new ResizeObserver(() => this.#render()).observe(this.#root);
  }

  get total() {
    return this.#total;
  }

  focus() {
    this.#root.focus({ preventScroll: true });
    if (!this.selected && this.#wanted === null && this.#total > 0) this.#move(this.#first());
  }

  /** Starts at the top, for another search. */
  reset() {
    this.#resetting = this.#begin();
    return this.#resetting;
  }

  async #begin() {
    const generation = ++this.#generation;
    this.#root.ariaBusy = "true";
    try {
      const answer = await this.#load(0, PAGE);
      if (generation !== this.#generation) return;
      this.#pages = new Map([[0, answer.rows]]);
      this.#wanted = null;
      this.#root.scrollTop = 0;
      this.#settle(answer.total);
      if (answer.pending) this.onPending();
    } catch (e) {
      if (generation === this.#generation) this.onFailure(e);
    } finally {
      if (generation === this.#generation) this.#root.ariaBusy = "false";
    }
  }

  /** Fetches the visible rows again; they keep their position. */
  async refresh() {
    await this.#resetting; // it is recent enough, but lacks what has changed meanwhile
    const generation = ++this.#generation;
    const wanted = this.#pagesInView();
    try {
      const answers = await Promise.all(wanted.map((page) => this.#load(page * PAGE, PAGE)));
      if (generation !== this.#generation) return;
      const anchor = this.#anchor();
      this.#pages = new Map(wanted.map((page, i) => [page, answers[i].rows]));
      this.#settle(answers[0].total, anchor);
      if (answers.some((answer) => answer.pending)) this.onPending();
    } catch (e) {
      if (generation === this.#generation) this.onFailure(e);
    }
  }

  /** Marks a row for a moment: it "came" or "changed". */
  mark(key, kind) {
    this.#marks.set(key, { kind, until: Date.now() + MARK_MS });
    this.#unmarking ??= setTimeout(() => this.#unmark(), MARK_MS + 50);
  }

  #unmark() {
    const now = Date.now();
    for (const [key, mark] of this.#marks) {
      if (mark.until <= now) this.#marks.delete(key);
    }
    this.#unmarking = this.#marks.size > 0 ? setTimeout(() => this.#unmark(), MARK_MS / 2) : null;
    this.#render();
  }

  /** Keeps the selection when another target replaces the selected one. */
  rename(before, after) {
    if (this.selected?.key === before) this.selected = { ...this.selected, key: after };
  }

  clear() {
    this.selected = this.#wanted = null;
    this.#render();
  }

  #settle(total, anchor) {
    this.#total = total;
    this.#space.style.height = `${Math.min(total, MOST) * ROW}px`;
    const index = anchor ? this.#find(anchor.key) : -1;
    if (index >= 0) this.#root.scrollTop += (index - anchor.index) * ROW;
    if (this.selected) {
      const at = this.#find(this.selected.key);
      if (at >= 0) {
        const row = this.#row(at);
        const other = JSON.stringify(row) !== JSON.stringify(this.selected.row);
        this.selected = { key: row.key, index: at, row };
        if (other) this.onSelect(row);
      }
    }
    this.onTotal(total);
    this.#render();
    if (this.#wanted !== null) this.#wanted = total > 0 ? Math.min(this.#wanted, total - 1) : null;
    this.#arrive();
  }

  #find(key) {
    for (const [page, rows] of this.#pages) {
      const i = Array.isArray(rows) ? rows.findIndex((row) => row.key === key) : -1;
      if (i >= 0) return page * PAGE + i;
    }
    return -1;
  }

  #row(index) {
    const rows = this.#pages.get(Math.floor(index / PAGE));
    return Array.isArray(rows) ? rows[index % PAGE] : undefined;
  }

  #first() {
    return Math.floor(this.#root.scrollTop / ROW);
  }

  #inView() {
    const height = this.#root.clientHeight;
    const from = Math.max(0, this.#first() - SPARE);
    const to = Math.min(Math.min(this.#total, MOST), this.#first() + Math.ceil(height / ROW) + SPARE);
    return [from, to];
  }

  #pagesInView() {
    const [from, to] = this.#inView();
    const pages = [];
    for (let page = Math.floor(from / PAGE); page * PAGE < Math.max(to, 1); page++) pages.push(page);
    return pages;
  }

  /** Returns a visible row that must keep its position; none at the top, so that new rows are visible. */
  #anchor() {
    if (this.#root.scrollTop === 0) return null;
    const [from, to] = this.#inView();
    const chosen = this.selected;
    if (chosen && chosen.index >= from && chosen.index < to) return chosen;
    const index = this.#first();
    const row = this.#row(index);
    return row ? { key: row.key, index } : null;
  }

  #fetch(page) {
    const generation = this.#generation;
    this.#pages.set(page, this.#load(page * PAGE, PAGE).then(
      (answer) => {
        if (generation !== this.#generation) return;
        this.#pages.set(page, answer.rows);
        this.#render();
        this.#arrive();
      },
      (e) => {
        if (generation !== this.#generation) return;
        this.#pages.delete(page);
        this.onFailure(e);
      }));
  }

  #render() {
    const [from, to] = this.#inView();
    for (const page of this.#pagesInView()) {
      if (page * PAGE < this.#total && !this.#pages.has(page)) this.#fetch(page);
    }
    const before = this.#rows;
    this.#rows = new Map();
    for (let index = from; index < to; index++) {
      const row = this.#row(index);
      if (!row) continue;
      const text = JSON.stringify(row);
      const old = before.get(row.key);
      const made = old?.text === text ? old : { text, node: this.#node(row) };
      if (old === made) before.delete(row.key);
      this.#place(made.node, row, index);
      if (!made.node.isConnected) this.#space.append(made.node);
      this.#rows.set(row.key, made);
    }
    for (const gone of before.values()) gone.node.remove();
    const active = this.selected && this.#rows.get(this.selected.key);
    if (active) this.#root.setAttribute("aria-activedescendant", active.node.id);
    else this.#root.removeAttribute("aria-activedescendant");
  }

  #node(row) {
    return element("div", { class: "row", role: "option" },
      element("span", { class: `dot ${row.state}`, title: row.state, role: "img", "aria-label": row.state }),
      element("span", { class: "job" }, row.job),
      element("span", { class: "url" }, row.title),
      shownLabels(row));
  }

  #place(node, row, index) {
    node.style.transform = `translateY(${index * ROW}px)`;
    node.id = `row-${index}`;
    node.dataset.index = index;
    node.setAttribute("aria-posinset", index + 1);
    node.setAttribute("aria-setsize", this.#total);
    node.setAttribute("aria-selected", row.key === this.selected?.key);
    const mark = this.#marks.get(row.key);
    const kind = mark && mark.until > Date.now() ? mark.kind : "";
    node.classList.toggle("came", kind === "came");
    node.classList.toggle("changed", kind === "changed");
  }

  #clicked(event) {
    const index = event.target.closest(".row")?.dataset.index;
    if (index === undefined) return;
    this.#move(Number(index));
    this.onOpen();
  }

  #pressed(event) {
    const page = Math.max(1, Math.floor(this.#root.clientHeight / ROW) - 1);
    const at = this.#wanted ?? this.selected?.index ?? this.#first() - 1;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: this.#total - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.#move(to);
    } else if (event.key === "Enter" && this.selected) {
      event.preventDefault();
      this.onOpen();
    }
  }

  #move(to) {
    if (this.#total === 0) return;
    this.#wanted = Math.max(0, Math.min(to, Math.min(this.#total, MOST) - 1));
    this.#reveal(this.#wanted);
    this.#render(); // fetches the row's page if it is missing
    this.#arrive();
  }

  /** Selects the wanted row when a fetch or refresh has loaded it. */
  #arrive() {
    const index = this.#wanted;
    const row = index === null ? undefined : this.#row(index);
    if (!row) return;
    this.#wanted = null;
    this.selected = { key: row.key, index, row };
    this.#render();
    this.onSelect(row);
  }

  #reveal(index) {
    const top = index * ROW;
    const height = this.#root.clientHeight;
    if (top < this.#root.scrollTop) this.#root.scrollTop = top;
    else if (top + ROW > this.#root.scrollTop + height) this.#root.scrollTop = top + ROW - height;
  }
}
