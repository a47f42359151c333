/** What came of the teaching, on the page: how often it is right, what it confuses, and songs that may be one. */

import * as say from "../messages.js";
import { element } from "../ui/page.js";

/** @typedef {import("./teach-worker.js").Fitted} Fitted */

/**
 * @param {Fitted | null} fitted null: nothing is taught at the moment
 * @param {{name: string, titles: string[]}[]} genres
 */
export function showResult(fitted, genres) {
  element("#teach-taught").hidden = fitted === null;
  if (!fitted) return;
  const { figures, twins } = fitted;
  const names = genres.map(({ name }) => name);
  const largest = Math.max(...genres.map(({ titles }) => titles.length)) / figures.n_songs;
  const titles = genres.flatMap((genre) => genre.titles.map((title) => ({ title, genre: genre.name })));
  element("#teach-result").textContent = say.taughtInWords(figures, largest);
  element("#teach-twins").textContent = twins.map(([a, b]) => say.teachTwins(titles[a], titles[b])).join(" ");
  const table = element("#teach-confusion table");
  table.replaceChildren(element("#teach-confusion caption"), ...tableOf(figures.confusion, names));
}

/** @param {number[][]} confusion @param {string[]} names @returns {HTMLElement[]} */
function tableOf(confusion, names) {
  const head = document.createElement("thead");
  head.append(rowOf([say.TEACH_IS, ...names].map((name) => cell("th", name, "col"))));
  const body = document.createElement("tbody");
  body.append(
    ...confusion.map((row, genre) => {
      const cells = row.map((n, heard) => cell("td", String(n), heard === genre ? "right" : n > 0 ? "wrong" : ""));
      return rowOf([cell("th", names[genre], "row"), ...cells]);
    }),
  );
  return [head, body];
}

/** @param {HTMLElement[]} cells */
function rowOf(cells) {
  const row = document.createElement("tr");
  row.append(...cells);
  return row;
}

/** @param {"th" | "td"} tag @param {string} words @param {string} kind scope of a heading, or the class of a number */
function cell(tag, words, kind) {
  const made = document.createElement(tag);
  made.textContent = words;
  if (tag === "th") made.setAttribute("scope", kind);
  else made.className = kind;
  return made;
}
