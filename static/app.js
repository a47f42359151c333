/** The page: what is dropped, chosen or listened to goes to who hears it, and what comes of it to the view. */

import { AnalyserLoader } from "./engine/analyser-loader.js";
import { SongError } from "./engine/song-error.js";
import { OFFERED_TO_SERVER, ServerOffer } from "./fallback/offer.js";
import { HowEntry } from "./how/entry.js";
import { InsideEntry } from "./inside/entry.js";
import { songsAmong } from "./library/files.js";
import { offerForgetting, showKept } from "./library/kept-note.js";
import { KeptSessions } from "./library/kept-sessions.js";
import { LibraryPanel } from "./library/panel.js";
import { Sessions } from "./library/sessions.js";
import { Songs } from "./library/songs.js";
import { AnalysisStore } from "./library/store.js";
import { Listening } from "./live/listening.js";
import * as say from "./messages.js";
import { labelling } from "./network/rows.js";
import { acceptLaunches } from "./offline/launch.js";
import { noteOffline } from "./offline/notes.js";
import { OwnModel } from "./own-model/own-model.js";
import { fetchSample } from "./sample.js";
import { isSupported } from "./supported.js";
import { LinkedChart } from "./take-along/linked-chart.js";
import { TeachEntry } from "./teach/entry.js";
import { titleOf } from "./title.js";
import { BackendChoice } from "./ui/backend-choice.js";
import { acceptSongs } from "./ui/drop-zone.js";
import { element, sayTexts } from "./ui/page.js";
import { announce, complain, isBusy, setState, warn } from "./ui/page-state.js";
import { SongView } from "./ui/song-view.js";

/**
 * @typedef {import("./engine/analyser.js").Analysis} Analysis
 * @typedef {import("./library/files.js").Found} Found
 */

/** Seconds of live sound on the screen: the chart scrolls. */
const LIVE_VIEW_S = 60;

const contract_url = new URL("model/contract.json", document.baseURI).href;
const main = element("main");
sayTexts();
const how = new HowEntry({ getModel: () => loader.model(), seek: (time_s) => view.seek(time_s), announce });
const inside = new InsideEntry({ getModel: () => loader.model(), pause: () => view.pause(), announce });
const view = new SongView(
  {
    onSong: (song) => [how, inside].forEach((each) => each.onSong(song)),
    onTime: (time_s, is_playing) => [how, inside].forEach((each) => each.onTime(time_s, is_playing)),
  },
  () => loader.model(),
);
const offline_copy = noteOffline();

// --- what the page says of itself -----------------------------------------------------------------------------------

/** What is being heard goes on. @param {string} words */
function object(words) {
  warn(words);
  if (isBusy()) return;
  view.stop();
  setState("error");
}

/** @param {Analysis} analysis is whole, and on the page */
function finish(analysis) {
  warn("");
  setState("done");
  announce(say.doneInWords(analysis.verdict, analysis.duration_s));
  document.dispatchEvent(new CustomEvent("genrescope:analysis", { detail: analysis }));
}

/**
 * @param {import("./ui/song-view.js").ShownSong} song
 * @param {Analysis} analysis that is whole already
 */
function showWhole(song, analysis) {
  linked_chart.leave();
  view.showAnalysis(song, analysis);
  finish(analysis);
}

/** @param {unknown} error @param {string} name what could not be heard */
function fail(error, name) {
  view.stop();
  const song_error = SongError.from(error);
  complain(say.errorInWords(song_error, name));
  if (song_error.details.reason) console.warn(`genrescope: ${song_error.message}`);
}

// --- songs ----------------------------------------------------------------------------------------------------------

const loader = new AnalyserLoader(contract_url, {
  backendFor: (contract) => backend_choice.backendFor(contract),
  onNetwork: (started) => {
    backend_choice.show(started);
    offline_copy.start(main);
  },
});
// A song that is being heard is heard to its end as it began.
const backend_choice = new BackendChoice(() => {
  if (!songs.is_busy) loader.get().catch(() => {});
});

/** Where the song that is looked at is shown. @type {import("./library/roles.js").Stage} */
const stage = {
  open(started_ms) {
    listening.leave();
    own_model.settle();
    offer.close();
    complain("");
    setState("loading");
    view.open(started_ms);
  },
  leave() {
    view.stop();
    setState("idle");
  },
  show({ title, media }, { genres, rows }) {
    linked_chart.leave();
    setState("analysing");
    view.show({ title, media }, genres, rows.step_s, labelling(rows).thresholds);
  },
  setProgress: (fraction, decoded_s) => view.setProgress(fraction, decoded_s),
  setRows: (rows, unsure) => view.setRows(rows, unsure),
  setSound: (sound) => view.setSound(sound),
  finish(analysis) {
    view.finish(analysis);
    finish(analysis);
  },
  recall(song, analysis) {
    showWhole(song, analysis);
    listening.offerSound(song.session?.recording ?? null);
  },
  fail(error, file) {
    fail(error, file.name);
    if (OFFERED_TO_SERVER.has(error.code)) offer.ask(file);
  },
};

const tellKept = () => showKept(kept, kept_sessions);
const kept = new AnalysisStore({ onChange: tellKept });
const kept_sessions = new KeptSessions(kept, tellKept);
/** Of what a visitor's own network hears nothing is kept. @type {import("./library/roles.js").Store} */
const store = {
  find: async (file, model) => (own_model.is_in_use ? null : kept.find(file, model)),
  soundOf: (session) => kept_sessions.soundOf(session),
  keep: async (file, packed, sound) => (own_model.is_in_use ? undefined : kept.keep(file, packed, sound)),
};
const panel = new LibraryPanel(announce);
const songs = new Songs(
  { loader, store, stage },
  {
    onStart: () => backend_choice.pause(),
    onRest: (analysis, contract) => {
      if (!own_model.is_in_use && !isBusy()) backend_choice.afterSong(analysis, contract, contract_url);
    },
    onSessionGone: (session) => kept_sessions.forget(session),
    onChange: (what) => panel.show(what),
  },
);
const sessions = new Sessions(songs, kept_sessions);

/**
 * @param {Found[]} found what was dropped or chosen, all of it
 * @param {boolean} [is_to_be_opened] the first of the songs
 */
function acceptFiles(found, is_to_be_opened = true) {
  if (own_model.claim(found)) return;
  const files = songsAmong(found);
  if (files.length === 0) return object(say.noSongsAmong(found.length));
  panel.tellAdded(files.length, found.length - files.length);
  songs.add(files, is_to_be_opened);
}

/** @returns {(found: Found[]) => void} for what is in a folder that is being looked through: songs, or a model */
function acceptFolder() {
  const isNewest = songs.sinceNow();
  announce(say.LOOKING_THROUGH);
  return (found) => acceptFiles(found, isNewest());
}

async function acceptSample() {
  const isNewest = songs.expect();
  const sample = await fetchSample();
  if (!isNewest()) return;
  if (sample) songs.add([sample]);
  else fail(new SongError("no-sample"), say.SAMPLE_FILE_NAME);
}

// --- other networks, other sources, other hearers -------------------------------------------------------------------

const own_model = new OwnModel({
  onModel: (model) => {
    loader.use(model);
    songs.beginAnew();
    if (!songs.is_busy) loader.get().catch(() => {});
  },
  songAtHand: () => (isBusy() || songs.are_many ? null : songs.heard_here?.title ?? null),
  onAgain: () => songs.hearAgain(),
});

/** What this browser cannot hear, the server may. */
const offer = new ServerOffer({
  onSending: () => setState("loading"),
  onEnd: () => setState("error"),
  onAnalysis: (file, analysis) => {
    songs.finishElsewhere(file, analysis);
    showWhole({ title: titleOf(file.name), media: file }, analysis);
    element("#status").textContent = say.heardByServer(analysis.duration_s, analysis.timings_ms.total / 1000);
  },
  hearsOtherwise: () => own_model.is_in_use,
});

const listening = new Listening({
  choose() {
    backend_choice.pause();
    return songs.expect(true);
  },
  getModel: () => loader.model(),
  begin() {
    view.pause();
    setState("analysing");
  },
  show: (title, { genres, rows }) => {
    linked_chart.leave();
    view.show({ title, media: null }, genres, rows.step_s, labelling(rows).thresholds);
    view.followEnd(LIVE_VIEW_S);
    return view.sinceNow();
  },
  setRows: (rows, unsure) => {
    view.setRows(rows, unsure);
    view.readNewest();
  },
  setSound: (sound) => view.setSound(sound),
  finish(heard, { model, is_chosen, is_on_page }) {
    const is_to_be_kept = model.folder === contract_url; // and not of the visitor's own network
    const song = sessions.add(heard, { is_to_be_opened: is_chosen, is_to_be_kept });
    if (is_on_page && !is_chosen) view.showAnalysis(song, heard.analysis, false); // until there is what was chosen
  },
  fail(error, name) {
    view.unfollow();
    fail(error, name);
    songs.goOn();
  },
});

const teaching = new TeachEntry(kept, {
  contract_url,
  getContract: () => loader.builtIn(),
  announce,
  onUse: (found) => own_model.claim(found),
});

const linked_chart = new LinkedChart({
  onChart: ({ title, analysis }) => {
    songs.expect();
    view.showAnalysis({ title, media: null }, analysis);
    element("#from-link").textContent = say.fromLink(analysis.step_s);
    element("#from-link").hidden = false;
    setState("done");
    announce(say.linkedInWords(title, analysis.verdict));
  },
  onBroken: (error) => object(say.BROKEN_LINKS[error.code]),
  sinceNow: () => songs.sinceNow(),
});

// --- the start ------------------------------------------------------------------------------------------------------

panel.listenTo(songs);
const input = /** @type {HTMLInputElement} */ (element("#file"));
acceptSongs(input, element("#folder"), { onFiles: acceptFiles, onFolder: acceptFolder });
offerForgetting(kept, async () => {
  sessions.forget();
  await teaching.forget();
  announce(say.FORGOTTEN);
});
tellKept();
sessions.restore();
element("#sample").addEventListener("click", acceptSample);
acceptLaunches(acceptFiles);
if (isSupported()) {
  loader.get().catch(() => {}); // told when a song is dropped: it is tried again then
} else {
  for (const useless of ["#backend", "#model-chooser", "#how", "#teach"]) element(useless).hidden = true;
  complain(say.UNSUPPORTED_BROWSER);
  offer.invite();
}
