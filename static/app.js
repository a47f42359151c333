/** The page: hands dropped songs to the analyser, and what it finds to the view. */

import { fetchContract } from "./contract.js";
import { Analyser } from "./engine/analyser.js";
import { SongError } from "./engine/song-error.js";
import * as say from "./messages.js";
import { acceptLaunches } from "./offline/launch.js";
import { noteOffline } from "./offline/notes.js";
import { titleOf } from "./title.js";
import { BackendChoice } from "./ui/backend-choice.js";
import { acceptSongs } from "./ui/drop-zone.js";
import { element, sayTexts } from "./ui/page.js";
import { SongView } from "./ui/song-view.js";

/** @typedef {"idle" | "loading" | "analysing" | "done" | "error"} State */

const main = element("main");
const alert = element("#alert");
const announcer = element("#announcer");
const view = new SongView();

/** @param {State} state */
function setState(state) {
  main.dataset.state = state;
  main.setAttribute("aria-busy", String(state === "loading" || state === "analysing"));
}

/** @param {string} words said at once to everyone; none takes the last ones away */
function complain(words) {
  alert.textContent = words;
  if (words) setState("error");
}

const contract_url = new URL("model/contract.json", document.baseURI).href;

/** A contract that could not be had is asked for again with the next song; another backend takes another analyser. */
class AnalyserLoader {
  constructor() {
    /** @type {Promise<import("./contract.js").Contract> | null} */
    this._contract = null;
    /** @type {{backend: string, analyser: Analyser} | null} */
    this._current = null;
  }

  /** @returns {Promise<Analyser>} @throws {SongError} `no-model` */
  async get() {
    this._contract ??= fetchContract(contract_url).catch((error) => {
      this._contract = null;
      throw new SongError("no-model", { reason: error.message });
    });
    const contract = await this._contract;
    const backend = backend_choice.backendFor(contract);
    if (this._current?.backend !== backend) {
      this._current?.analyser.end();
      this._current = { backend, analyser: this._create(contract, backend) };
    }
    return this._current.analyser;
  }

  /** Ends the work on the current song, if any: another one may be a while in coming. */
  abort() {
    this._current?.analyser.abort();
  }

  /** @param {import("./contract.js").Contract} contract @param {import("./network/tf.js").Backend} backend */
  _create(contract, backend) {
    /** @param {import("./engine/analyser.js").Started} started */
    const onNetwork = (started) => {
      backend_choice.show(started);
      offline_copy.start(main);
    };
    const analyser = new Analyser(contract, contract_url, { backend, onNetwork });
    analyser.warmUp();
    return analyser;
  }
}

const loader = new AnalyserLoader();
// A song that is being heard is heard to its end as it began.
const backend_choice = new BackendChoice(() => {
  if (main.getAttribute("aria-busy") !== "true") loader.get().catch(() => {});
});
const offline_copy = noteOffline();
let newest = 0;

/** @returns {() => boolean} whether the song that is chosen now is still the one chosen last */
function choose() {
  newest += 1;
  const number = newest;
  loader.abort();
  complain("");
  setState("loading");
  view.open();
  backend_choice.pause();
  return () => number === newest;
}

/** @param {File} file @param {() => boolean} isNewest for a song that was chosen before it could be had */
async function analyse(file, isNewest = choose()) {
  try {
    const analyser = await loader.get();
    if (!isNewest()) return;
    const { contract } = analyser;
    const accept = () => {
      if (main.dataset.state !== "loading") return;
      setState("analysing");
      view.show({ title: titleOf(file.name), media: file }, contract.genres, contract.rows.step_s);
    };
    const analysis = await analyser.analyse(file, {
      // Only now is it certain that there is a song: until here the one before it stays on the page.
      onProgress: (fraction, decoded_s) => {
        if (!isNewest()) return;
        if (decoded_s < contract.minimum_duration_s) return;
        accept();
        view.setProgress(fraction, decoded_s);
      },
      onRows: (rows, unsure) => {
        if (!isNewest()) return;
        accept();
        view.setRows(rows, unsure);
      },
    });
    if (!isNewest()) return;
    finish(analysis);
    backend_choice.afterSong(analysis, contract, contract_url);
  } catch (error) {
    if (isNewest()) fail(error, file);
  }
}

/** @param {import("./engine/analyser.js").Analysis} analysis */
function finish(analysis) {
  view.finish(analysis);
  setState("done");
  announcer.textContent = say.doneInWords(analysis.verdict, analysis.duration_s);
  document.dispatchEvent(new CustomEvent("genrescope:analysis", { detail: analysis }));
}

/** @param {unknown} error @param {File} file */
function fail(error, file) {
  view.stop();
  const song_error = SongError.from(error);
  complain(say.errorInWords(song_error, file.name));
  if (song_error.details.reason) console.warn(`genrescope: ${song_error.message}`);
}

/** Our own medley, whose styles are known: a first chart for whoever has no song at hand. */
async function analyseSample() {
  const isNewest = choose();
  const name = say.SAMPLE_FILE_NAME;
  const sample = await fetchSample().catch(() => null);
  if (!isNewest()) return;
  if (sample) await analyse(new File([sample], name), isNewest);
  else fail(new SongError("no-sample"), new File([], name));
}

/** @returns {Promise<Blob | null>} null when the server has none */
async function fetchSample() {
  const response = await fetch(new URL("static/sample/medley.mp3", document.baseURI));
  return response.ok ? response.blob() : null;
}

/** The smallest WebAssembly module with a SIMD instruction: () -> v128, i8x16.splat of 0. */
const SIMD_MODULE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0], // header
  ...[1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0], // its one function's type
  ...[10, 8, 1, 6, 0, 65, 0, 253, 15, 11], // its code
);

/** Whether this browser has what the page cannot do without. */
const isSupported = () =>
  typeof WebAssembly === "object" &&
  WebAssembly.validate(SIMD_MODULE) &&
  typeof Worker === "function" &&
  typeof OfflineAudioContext === "function";

sayTexts();
if (isSupported()) {
  acceptSongs(/** @type {HTMLInputElement} */ (element("#file")), analyse);
  element("#sample").addEventListener("click", analyseSample);
  acceptLaunches(analyse);
  loader.get().catch(() => {}); // told when a song is dropped: it is tried again then
} else {
  complain(say.UNSUPPORTED_BROWSER);
}
