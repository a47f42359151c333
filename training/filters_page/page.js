
/**
 * @typedef {[activation: number, song: number, startS: number, endS: number, lowHz: number, highHz: number,
 *   url: string]} Excerpt
 * @typedef {{ name: string, kind: string, about: string, channels: Excerpt[][] }} Layer
 * @typedef {{ about: string, songs: [name: string, genre: string | null][], isLinked: boolean, layers: Layer[] }} Filters
 */

/** @type {Filters} */
const filters = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("filters")).textContent ?? "");
const audio = /** @type {HTMLAudioElement} */ (document.getElementById("audio"));
const playing = /** @type {HTMLElement} */ (document.getElementById("playing"));
/** @type {{ button: HTMLButtonElement, startS: number, endS: number, name: string } | null} */
let chosen = null;

/**
 * @param {string} tag
 * @param {string} text
 * @param {string} [className]
 */
function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** @param {number} hz */
const spokenHz = (hz) => (hz < 1000 ? `${Math.round(hz)} Hz` : `${(hz / 1000).toFixed(1)} kHz`);

/** @param {Excerpt[]} excerpts */
function mixOf(excerpts) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const [, song] of excerpts) {
    const genre = filters.songs[song][1];
    if (genre !== null) counts.set(genre, (counts.get(genre) ?? 0) + 1);
  }
  return [...counts].sort((one, other) => other[1] - one[1]).map(([genre, n]) => `${genre} ${n}`).join(", ");
}

/** @param {Excerpt} excerpt */
function excerptButton([activation, song, startS, endS, lowHz, highHz, url]) {
  const button = /** @type {HTMLButtonElement} */ (element("button", filters.songs[song][0]));
  button.type = "button";
  button.setAttribute("aria-pressed", "false");
  const place = `${startS.toFixed(2)}–${endS.toFixed(2)} s, ${spokenHz(lowHz)}–${spokenHz(highHz)}, ${activation}`;
  button.append(element("span", place, "place"));
  const name = `${filters.songs[song][0]}, ${startS.toFixed(2)} to ${endS.toFixed(2)} s`;
  button.addEventListener("click", () => {
    if (chosen?.button === button && !audio.paused) {
      audio.pause();
      return;
    }
    choose(button);
    chosen = { button, startS: filters.isLinked ? startS : 0, endS: filters.isLinked ? endS : Infinity, name };
    playing.textContent = name;
    audio.src = filters.isLinked ? `${url}#t=${startS},${endS}` : url;
    audio.play().catch(() => {}); // "error" says what was wrong, and another choice is nothing to tell
  });
  return button;
}

/** @param {HTMLButtonElement} button */
function choose(button) {
  chosen?.button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-pressed", "true");
}

/** @param {Layer} layer */
function channelsOf(layer) {
  const channels = element("div", "", "channels");
  for (const [number, excerpts] of layer.channels.entries()) {
    const channel = element("section", "", "channel");
    const list = element("ol", "");
    for (const excerpt of excerpts) {
      const item = element("li", "");
      item.append(excerptButton(excerpt));
      list.append(item);
    }
    const mix = excerpts.length ? mixOf(excerpts) : "Nothing here moves it.";
    channel.append(element("h3", `Channel ${number}`), element("p", mix, "mix"), list);
    channels.append(channel);
  }
  return channels;
}

/** @param {Layer} layer */
function layerDetails(layer) {
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.append(element("h2", layer.name), element("span", layer.about));
  details.append(summary);
  // Thousands of buttons are made where somebody looks for them.
  details.addEventListener("toggle", () => details.append(channelsOf(layer)), { once: true });
  return details;
}

/** The next look, if one is to come. */
let look = 0;

/** A song that is played where it lies ends where its excerpt does: `timeupdate` comes four times a second only. */
function stopAtEnd() {
  if (chosen && audio.currentTime >= chosen.endS) {
    audio.pause();
    audio.currentTime = chosen.startS;
  }
  lookAgain();
}

/** Once a frame, however often another excerpt has begun within the one that plays. */
function lookAgain() {
  cancelAnimationFrame(look);
  if (!audio.paused) look = requestAnimationFrame(stopAtEnd);
}

audio.addEventListener("play", () => {
  if (chosen && (audio.currentTime < chosen.startS || audio.currentTime >= chosen.endS)) {
    audio.currentTime = chosen.startS;
  }
  lookAgain();
});
audio.addEventListener("error", () => {
  if (chosen) playing.textContent = `${chosen.name}: this file is not there, or not for this browser.`;
});

/** @type {HTMLElement} */ (document.getElementById("about")).textContent = filters.about;
/** @type {HTMLElement} */ (document.getElementById("layers")).append(...filters.layers.map(layerDetails));

export {}; // a module, whose names are its own
