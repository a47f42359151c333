/** The page: hands dropped songs to the analyser, and what it finds to the view. */

import { fetchContract } from "./contract.js";
import { Analyser } from "./engine/analyser.js";
import { SongError } from "./engine/song-error.js";
import { ServerOffer } from "./fallback/offer.js";
import * as say from "./messages.js";
import { OwnModel } from "./own-model/own-model.js";
import { isSupported } from "./supported.js";
import { titleOf } from "./title.js";
import { BackendChoice } from "./ui/backend-choice.js";
import { acceptSongs } from "./ui/drop-zone.js";
import { element, sayTexts } from "./ui/page.js";
import { SongView } from "./ui/song-view.js";

/** @typedef {"idle" | "loading" | "analysing" | "done" | "error"} State */
/** @typedef {import("./model-files.js").ModelFolder} ModelFolder */

const is_supported = isSupported();
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

/**
 * A contract that could not be had is asked for again with the next song; another backend or model takes another
 * analyser.
 */
class AnalyserLoader {
  constructor() {
    /** @type {Promise<import("./contract.js").Contract> | null} */
    this._contract = null;
    /** @type {import("./own-model/read-model.js").Model | null} the visitor's, in place of ours */
    this._own = null;
    /** @type {{backend: string, folder: ModelFolder, analyser: Analyser} | null} */
    this._current = null;
  }

  /** @returns {Promise<Analyser>} @throws {SongError} `no-model` */
  async get() {
    const { contract, folder } = this._own ?? (await this._builtIn());
    const backend = backend_choice.backendFor(contract);
    if (this._current?.backend !== backend || this._current.folder !== folder) {
      this._current?.analyser.end();
      this._current = { backend, folder, analyser: this._create(contract, folder, backend) };
    }
    return this._current.analyser;
  }

  /** @param {import("./own-model/read-model.js").Model | null} model null: ours again */
  use(model) {
    this._own = model;
  }

  /** @returns {Promise<{contract: import("./contract.js").Contract, folder: ModelFolder}>} */
  async _builtIn() {
    this._contract ??= fetchContract(contract_url).catch((error) => {
      this._contract = null;
      throw new SongError("no-model", { reason: error.message });
    });
    return { contract: await this._contract, folder: contract_url };
  }

  /** Ends the work on the current song, if any: another one may be a while in coming. */
  abort() {
    this._current?.analyser.abort();
  }

  /**
   * @param {import("./contract.js").Contract} contract
   * @param {ModelFolder} folder
   * @param {import("./network/tf.js").Backend} backend
   */
  _create(contract, folder, backend) {
    const onNetwork = backend_choice.show.bind(backend_choice);
    const analyser = new Analyser(contract, folder, { backend, onNetwork });
    analyser.warmUp();
    return analyser;
  }
}

const loader = new AnalyserLoader();
// A song that is being heard is heard to its end as it began.
const backend_choice = new BackendChoice(() => {
  if (main.getAttribute("aria-busy") !== "true") loader.get().catch(() => {});
});
/** @type {File | null} the song that was chosen last */
let chosen_file = null;
/** @type {File | null} the song on the page */
let shown_file = null;
const own_model = new OwnModel({
  onModel: (model) => {
    loader.use(model);
    // What is being heard begins anew: a chart is of one network.
    if (main.getAttribute("aria-busy") === "true" && chosen_file) analyse(chosen_file);
    else loader.get().catch(() => {});
  },
  songAtHand: () => (main.getAttribute("aria-busy") !== "true" && shown_file ? titleOf(shown_file.name) : null),
  onAgain: () => shown_file && analyse(shown_file),
});
/** What the server may hear where this browser cannot: it has ffmpeg, and a processor that can run the network. */
const OFFERED_TO_SERVER = new Set([
  ...["unsupported", "broken-audio", "no-memory", "no-model", "worker-crashed", "unsupported-browser"],
]);
const offer = new ServerOffer({
  onSending: () => setState("loading"),
  onEnd: () => setState("error"),
  onAnalysis: (file, analysis) => {
    complain("");
    view.showAnalysis({ title: titleOf(file.name), media: file }, analysis);
    shown_file = null; // this browser cannot hear it again
    finish(analysis);
    element("#status").textContent = say.heardByServer(analysis.duration_s, analysis.timings_ms.total / 1000);
  },
  hearsOtherwise: () => own_model.is_in_use,
});
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
  own_model.settle();
  offer.close();
  return () => number === newest;
}

/** @param {File} file @param {() => boolean} isNewest for a song that was chosen before it could be had */
async function analyse(file, isNewest = choose()) {
  chosen_file = file;
  try {
    if (!is_supported) throw new SongError("unsupported-browser");
    const analyser = await loader.get();
    if (!isNewest()) return;
    const { contract } = analyser;
    const accept = () => {
      if (main.dataset.state !== "loading") return;
      setState("analysing");
      shown_file = file;
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
    // Of a visitor's own network nothing is kept, and so nothing is measured.
    if (!own_model.is_in_use) backend_choice.afterSong(analysis, contract, contract_url);
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
  if (OFFERED_TO_SERVER.has(song_error.code)) offer.ask(file);
}

/** @param {File} file a song, or a zipped model */
function take(file) {
  if (!own_model.claim([{ file, path: file.name }])) analyse(file);
}

/** @param {Promise<import("./own-model/claim.js").Found[]>} reading the files of a folder that was dropped */
async function takeFolder(reading) {
  const found = await reading;
  if (!own_model.claim(found) && found.length > 0) analyse(found[0].file);
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

sayTexts();
acceptSongs(/** @type {HTMLInputElement} */ (element("#file")), take, takeFolder);
element("#sample").addEventListener("click", analyseSample);
if (is_supported) {
  loader.get().catch(() => {}); // told when a song is dropped: it is tried again then
} else {
  for (const useless of ["#backend", "#model-chooser"]) element(useless).hidden = true;
  complain(say.UNSUPPORTED_BROWSER);
  offer.invite();
}
