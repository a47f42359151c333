/**
 * The songs of this visit: heard one after another by the page's one analyser, while the visitor looks at whichever of
 * them. The one that is looked at is heard first, and is the only one that the page hears of while it is heard.
 */

import { SongError } from "../engine/song-error.js";
import { Hearer } from "./hearer.js";
import { Job } from "./job.js";
import { unpack } from "./packed.js";
import { SongList } from "./song-list.js";
import { Sounds } from "./sounds.js";

/** @typedef {import("./roles.js").Analysis} Analysis @typedef {import("./song.js").Song} Song */

export class Songs {
  /** @param {import("./roles.js").World} world @param {import("./roles.js").Watcher} watcher */
  constructor({ loader, store, stage }, watcher) {
    this._loader = loader;
    this._store = store;
    this._stage = stage;
    this._watcher = watcher;
    this._list = new SongList();
    /** @type {Song | null} the one that is looked at */
    this.opened = null;
    this.is_paused = false;
    this._is_held = false; // by something else that is being heard
    this._goes_on = false; // to the next song, when the one that was opened first fails
    /** @type {Job | null} */
    this._job = null;
    this._n_choices = 0;
    this._sounds = new Sounds(store, (song, sound) => {
      if (song === this.opened && (song.packed || this._job?.is_shown)) stage.setSound(sound);
    });
    this._hearer = new Hearer({ loader, store, stage }, this._sounds);
  }

  get is_busy() {
    return this._job !== null;
  }

  /** In the order in which they came. */
  get list() {
    return this._list.songs;
  }

  /** Whether they are a list, and not just the one song. */
  get are_many() {
    return this._list.are_many;
  }

  /** Whether there is more to choose from than what the page shows. */
  get is_choice() {
    return this._list.hasMoreThan(this.opened);
  }

  /**
   * A song was chosen that is still to come: it ends what a song that came would end.
   * @param {boolean} [is_alone] it needs all of this device: a list waits until something else is chosen, or `goOn`
   * @returns {() => boolean} whether nothing else was chosen since
   */
  expect(is_alone = false) {
    this._choose(null);
    this._is_held = is_alone;
    this._keep(this._list.staying(is_alone));
    if (is_alone && this._job) this._putBack(this._job);
    this._stage.open();
    this._go();
    return this.sinceNow();
  }

  /** A list that waited for what needed all of this device is heard on. */
  goOn() {
    this._is_held = false;
    this._go();
  }

  /** @returns {() => boolean} whether nothing else was chosen since */
  sinceNow() {
    const choice = this._n_choices;
    return () => choice === this._n_choices;
  }

  /** The song that is looked at, if this browser has heard it. */
  get heard_here() {
    const song = this.opened;
    return song?.packed && song.packed.backend !== "server" && !song.session ? song : null;
  }

  /** @param {File[]} files @param {boolean} [is_to_be_opened] the first of them */
  add(files, is_to_be_opened = true) {
    if (files.length === 1 && is_to_be_opened) this._keep(this._list.staying(false));
    const songs = this._list.add(files);
    this._watcher.onChange("list");
    if (is_to_be_opened) this.open(songs[0]);
    if (is_to_be_opened) this._goes_on = songs.length > 1;
    this._go();
  }

  /**
   * Live sound, once it is over.
   * @param {import("./roles.js").SessionHeard[]} heard
   * @returns {Song[]}
   */
  addSessions(heard) {
    const songs = this._list.add(heard.map(({ session }) => session));
    heard.forEach(({ packed, sound }, i) => {
      songs[i].know(packed);
      if (sound) this._sounds.put(songs[i], sound);
    });
    this._watcher.onChange("list");
    return songs;
  }

  /** @param {Song} song that was heard just now @param {Analysis} analysis that came of it */
  present(song, analysis) {
    this._choose(song);
    this._stage.recall(song, analysis);
    this._watcher.onChange("state");
    this._go();
  }

  /** @param {Song} song to be looked at; one that has failed is tried again */
  open(song) {
    this._choose(song);
    this._stage.open(song === this._job?.song ? this._job.started_ms : performance.now());
    if (song.packed) this._recall(song, song.packed);
    else if (song === this._job?.song) this._job.catchUp(this._stage);
    else this._hearNext(song);
    this._watcher.onChange("state");
  }

  /** The song that is looked at is heard once more. */
  hearAgain() {
    const song = this.opened;
    if (!song) return;
    song.wait();
    this.open(song);
  }

  /** Another network listens from now on, and a chart or a list is of one: what is being heard, or listed, is again. */
  beginAnew() {
    if (this.are_many) for (const song of this.list) if (!song.session) song.wait();
    if (this._job) this._putBack(this._job);
    if (this.opened?.state === "waiting") this._stage.open();
    this._watcher.onChange("list");
    this._go();
  }

  /** @param {File} file that this browser could not hear @param {Analysis} analysis somebody else's */
  finishElsewhere(file, analysis) {
    const song = this.list.find((one) => one.file === file);
    song?.finish(analysis);
    this._watcher.onChange("state");
  }

  /** The song that is being heard waits again, unless it is the one that is looked at. */
  pause() {
    this.is_paused = true;
    if (this._job && this._job.song !== this.opened) this._putBack(this._job);
    this._watcher.onChange("state");
  }

  resume() {
    this.is_paused = false;
    this._watcher.onChange("state");
    this._go();
  }

  /** Songs that are not heard yet, or not to their end, leave the list. */
  cancel() {
    this._remove(({ state }) => state === "waiting" || state === "listening");
  }

  /** @param {Song} song leaves the list; the page goes on showing what it shows of it */
  remove(song) {
    this._remove((other) => other === song);
  }

  clear() {
    this._remove(() => true);
  }

  /** @param {(song: Song) => boolean} leaves */
  _remove(leaves) {
    const heard = this._job && this._job.song === this.opened ? this.opened : null;
    for (const song of this.list) if (song.session && leaves(song)) this._watcher.onSessionGone(song.session);
    this._keep(this.list.filter((song) => !leaves(song)));
    if (heard && leaves(heard)) this._stage.leave();
    if (!this.are_many) this.is_paused = false; // nothing is left to resume it with
    this._watcher.onChange("list");
    const [last] = this.list;
    if (last && !this.are_many && !this.opened && !last.packed) this.open(last); // no list shows how it gets on
    this._go();
  }

  /** @param {Song | null} song */
  _choose(song) {
    this.opened = song;
    this._goes_on = false;
    this._is_held = false;
    this._n_choices += 1;
  }

  /** @param {Song[]} list */
  _keep(list) {
    this._list.songs = list;
    this._sounds.keepOnly(list);
    if (this._job && !list.includes(this._job.song)) this._putBack(this._job);
    if (this.opened && !list.includes(this.opened)) this.opened = null;
  }

  /** @param {Job} job ended before its end */
  _putBack(job) {
    job.is_over = true;
    job.song.wait();
    this._job = null;
    this._loader.abort();
  }

  /** @param {Song} song */
  _hearNext(song) {
    song.wait();
    if (this._job) this._putBack(this._job);
    this._go();
  }

  /** Hears the next song, if there is one and none is being heard. */
  _go() {
    if (this._job || this._is_held) return;
    const song = this.opened?.state === "waiting" ? this.opened : this.is_paused ? null : this._list.next;
    if (song) this._hear(new Job(song));
  }

  /** @param {Job} job */
  async _hear(job) {
    this._job = job;
    job.song.listen();
    this._watcher.onStart();
    this._watcher.onChange("state");
    try {
      const outcome = await this._hearer.hear(job, (news) => this._hearOf(job, news));
      if (outcome) this._end(job, outcome);
    } catch (error) {
      if (!job.is_over) this._fail(job, error);
    }
    if (this._job === job) this._job = null;
    this._go();
  }

  /** @param {Job} job @param {import("./hearer.js").Outcome} outcome */
  _end(job, { analysis, contract }) {
    this._finish(job, analysis);
    if (!contract) return;
    const { file, packed, sound } = job.song;
    if (file && packed) this._store.keep(file, packed, sound && sound.whole());
    if (!this._list.n_waiting) this._watcher.onRest(analysis, contract);
  }

  /** @param {Job} job @param {Partial<import("./song.js").SoFar>} news */
  _hearOf(job, news) {
    if (job.is_over) return;
    job.take(news, job.song === this.opened ? this._stage : null);
    if (news.fraction) this._watcher.onChange("progress");
  }

  /** @param {Job} job @param {Analysis} analysis */
  _finish({ song, is_shown }, analysis) {
    song.finish(analysis);
    this._watcher.onChange("state");
    if (song !== this.opened) return;
    if (is_shown) this._stage.finish(analysis);
    else this._stage.recall(song, analysis);
  }

  /** @param {Song} song @param {import("./packed.js").Packed} packed */
  _recall(song, packed) {
    this._stage.recall(song, unpack(packed, performance.now()));
    if (!song.sound) this._sounds.find(song);
  }

  /** @param {Job} job @param {unknown} error */
  _fail({ song }, error) {
    // Whoever ended the analyser did not mean the song.
    if (error instanceof DOMException && error.name === "AbortError") return song.wait();
    const song_error = SongError.from(error);
    song.fail(song_error);
    if (song_error.code === "no-model") this.is_paused = this.are_many; // the others would fail as this one did
    this._watcher.onChange("state");
    if (song === this.opened) this._goOnFrom(song, song_error);
  }

  /** @param {Song} song the one that is looked at has failed @param {SongError} error */
  _goOnFrom(song, error) {
    const next = this._goes_on && !this.is_paused ? this._list.next : null;
    if (!next) return this._stage.fail(error, /** @type {File} */ (song.file));
    this.opened = next;
    this._stage.open();
  }
}
