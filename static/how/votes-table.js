/** Votes and percentages of one second: a table, with a bar for each percentage. */

import * as say from "../messages/how.js";
import { percent } from "../messages.js";
import { wearColour } from "../ui/colours.js";
import { newSpan } from "../ui/page.js";

/** More are no table that anybody reads. */
const MOST_LINES = 10;

/**
 * @param {string[]} genres
 * @param {number[]} shares one a genre, as the chart has them
 * @param {number[] | null} votes logits, one a genre; null where the sound is not at hand
 * @returns {{table: HTMLTableElement, n_left: number}} the likeliest first; genres that have no line
 */
export function votesTable(genres, shares, votes) {
  const order = genres.map((_, genre) => genre).sort((a, b) => shares[b] - shares[a]);
  const table = document.createElement("table");
  table.createCaption().textContent = say.VOTES_CAPTION;
  const head = table.createTHead().insertRow();
  head.append(...[say.GENRE, say.VOTES, say.SHARE].map((words) => heading("col", words)));
  const body = table.createTBody();
  for (const genre of order.slice(0, MOST_LINES)) {
    const line = body.insertRow();
    wearColour(line, genres[genre], genres);
    line.style.setProperty("--share", shares[genre].toFixed(3));
    line.append(heading("row", genres[genre]));
    line.insertCell().textContent = votes ? say.votesInWords(votes[genre]) : say.NO_VOTES;
    line.insertCell().append(newSpan("number", percent(shares[genre])), newSpan("bar", ""));
  }
  return { table, n_left: Math.max(0, genres.length - MOST_LINES) };
}

/** @param {string} scope @param {string} words */
const heading = (scope, words) => Object.assign(document.createElement("th"), { scope, textContent: words });
