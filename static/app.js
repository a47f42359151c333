/** The page: hands dropped songs to the analyser, and what it finds to the view. */

import { fetchContract } from "./contract.js";
import { Analyser } from "./engine/analyser.js";
import { SongError } from "./engine/song-error.js";
import { songsAmong } from "./library/files.js";
import { offerForgetting, showKept } from "./library/kept-note.js";
import { LibraryPanel } from "./library/panel.js";
import { Songs } from "./library/songs.js";
import { AnalysisStore } from "./library/store.js";
import * as say from "./messages.js";
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

/** @param {string} words said to who does not see that they have come true */
function announce(words) {
  announcer.textContent = words;
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
    const onNetwork = backend_choice.show.bind(backend_choice);
    const analyser = new Analyser(contract, contract_url, { backend, onNetwork });
    analyser.warmUp();
    return analyser;
  }
}

const loader = new AnalyserLoader();
// A song that is being heard is heard to its end as it began.
const backend_choice = new BackendChoice(() => {
  if (!songs.is_busy) loader.get().catch(() => {});
});

/** Where the song that is looked at is shown. @type {import("./library/songs.js").Stage} */
const stage = {
  open() {
    complain("");
    setState("loading");
    view.open();
  },
  show({ title, file }, { genres, rows }) {
    setState("analysing");
    view.show({ title, media: file }, genres, rows.step_s);
  },
  setProgress: (fraction, decoded_s) => view.setProgress(fraction, decoded_s),
  setRows: (rows, unsure) => view.setRows(rows, unsure),
  finish(analysis) {
    view.finish(analysis);
    finish(analysis);
  },
  recall({ title, file }, analysis) {
    view.showAnalysis({ title, media: file }, analysis);
    finish(analysis);
  },
  fail,
};

const store = new AnalysisStore({ onChange: () => showKept(store) });
const panel = new LibraryPanel(announce);
const songs = new Songs({ loader, store, stage }, {
  onStart: () => backend_choice.pause(),
  onRest: (analysis, contract) => backend_choice.afterSong(analysis, contract, contract_url),
  onChange: (what) => panel.show(what),
});

/**
 * Who may have a set of files before it is taken for songs: the first that answers with true has it.
 * @type {((found: import("./library/files.js").Found[]) => boolean)[]}
 */
const CLAIMS = [];

/**
 * @param {import("./library/files.js").Found[]} found what was dropped or chosen, all of it
 * @param {boolean} [is_to_be_opened] the first of the songs
 */
function acceptFiles(found, is_to_be_opened = true) {
  if (CLAIMS.some((claim) => claim(found))) return;
  const files = songsAmong(found);
  if (files.length === 0) {
    view.stop();
    return complain(say.noSongsAmong(found.length));
  }
  panel.tellAdded(files.length, found.length - files.length);
  songs.add(files, is_to_be_opened);
}

/** @returns {(found: import("./library/files.js").Found[]) => void} for what is in the folder */
function acceptFolder() {
  const isNewest = songs.expect();
  element("#status").textContent = say.LOOKING_THROUGH;
  return (found) => acceptFiles(found, isNewest());
}

/** @param {import("./engine/analyser.js").Analysis} analysis */
function finish(analysis) {
  setState("done");
  announce(say.doneInWords(analysis.verdict, analysis.duration_s));
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
  const isNewest = songs.expect();
  const name = say.SAMPLE_FILE_NAME;
  const sample = await fetchSample().catch(() => null);
  if (!isNewest()) return;
  if (sample) songs.add([new File([sample], name)]);
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
  panel.listenTo(songs);
  const input = /** @type {HTMLInputElement} */ (element("#file"));
  acceptSongs(input, element("#folder"), { onFiles: acceptFiles, onFolder: acceptFolder });
  offerForgetting(store, announce);
  element("#sample").addEventListener("click", analyseSample);
  loader.get().catch(() => {}); // told when a song is dropped: it is tried again then
} else {
  complain(say.UNSUPPORTED_BROWSER);
}
