"use strict";
// Which song of the map is pointed at or chosen, and what plays. A sound's address says which seconds of it.

const REACH = 18; // of the map's own units: how near to a song the pointer must be
const songs = /** @type {HTMLSelectElement | null} */ (document.getElementById("song"));
const told = document.getElementById("told");
const plays = /** @type {HTMLInputElement | null} */ (document.getElementById("play"));
let sound = new Audio();
let pointed = -1;

/** @param {Element | null} [button] that starts it, and shows so */
function silence(button = null) {
  sound.pause();
  for (const each of document.querySelectorAll(".playing")) each.classList.remove("playing");
  button?.classList.add("playing");
}

/** @param {string} address @param {Element | null} [button] */
async function play(address, button = null) {
  silence(button);
  const own = (sound = new Audio(address));
  own.addEventListener("pause", () => button?.classList.remove("playing"));
  try {
    await own.play();
  } catch (error) {
    button?.classList.remove("playing");
    const has_other = own !== sound || /** @type {Error} */ (error).name === "AbortError";
    if (!has_other && told) told.textContent = "This song cannot be played here: its file is gone, or of a kind that the browser does not know.";
  }
}

/** @param {number} number of a song in the map; -1: none */
function point(number, is_heard = plays?.checked ?? false) {
  if (!songs || !told) return;
  document.querySelector(".pointed")?.classList.remove("pointed");
  pointed = number;
  songs.value = number < 0 ? "" : String(number);
  const option = songs.selectedOptions[0];
  if (number < 0 || !option) {
    told.textContent = "\u00a0";
    return;
  }
  const dot = document.querySelector(`.map [data-song="${number}"]`);
  dot?.classList.add("pointed");
  const { is, heard, sure, sound: address } = option.dataset;
  const verdict = heard === undefined ? "learned from" : heard === is ? `heard as such, ${sure} sure` : `heard as ${heard}, ${sure} sure`;
  told.textContent = `${option.text}: ${is}, ${verdict}`;
  if (is_heard && address) void play(address);
}

/** @param {SVGSVGElement} map @param {MouseEvent} event @returns {number} the nearest song within reach; -1: none */
function songAt(map, event) {
  const matrix = map.getScreenCTM();
  if (!matrix) return -1;
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  let [nearest, least] = [-1, REACH];
  for (const { number, place } of places) {
    const distance = Math.hypot(place.e - x, place.f - y);
    if (distance <= least) [nearest, least] = [number, distance];
  }
  return nearest;
}

const map = /** @type {SVGSVGElement | null} */ (document.querySelector(".map svg"));
const places = [...document.querySelectorAll(".map [data-song]")].map((dot) => ({
  number: Number(dot.getAttribute("data-song")),
  place: /** @type {SVGGraphicsElement} */ (dot).transform.baseVal[0].matrix,
}));
map?.addEventListener("pointermove", (event) => {
  const number = songAt(map, event);
  if (number >= 0 && number !== pointed) point(number);
});
map?.addEventListener("click", (event) => point(songAt(map, event), true));
songs?.addEventListener("change", () => point(songs.value === "" ? -1 : Number(songs.value)));
plays?.addEventListener("change", () => (plays.checked ? point(pointed) : silence()));
document.getElementById("stop")?.addEventListener("click", () => silence());
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") silence();
});
for (const button of document.querySelectorAll(".listen")) {
  button.addEventListener("click", () => {
    if (button.classList.contains("playing")) silence();
    else void play(button.getAttribute("data-sound") ?? "", button);
  });
}
