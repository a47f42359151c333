/** The song as it plays: an <audio> element on a blob URL, and the time it is at, as often as the screen is drawn. */

export class Player {
  /**
   * @param {HTMLAudioElement} audio
   * @param {HTMLElement} not_playable what is said where the browser cannot play a song
   * @param {{onTime: (time_s: number, is_playing: boolean) => void, onDuration: (duration_s: number) => void}} listener
   */
  constructor(audio, not_playable, listener) {
    this._audio = audio;
    this._not_playable = not_playable;
    this._listener = listener;
    this._time_s = 0; // where we are in a song that cannot be played, or not yet
    this._is_measuring = false; // the element looks for the song's end
    const tell = () => {
      if (!this._is_measuring) listener.onTime(this.time_s, !audio.paused);
    };
    let next_look = 0;
    const followPlayback = () => {
      tell();
      cancelAnimationFrame(next_look); // it may have been paused and gone on within a frame
      if (!audio.paused) next_look = requestAnimationFrame(followPlayback);
    };
    audio.addEventListener("play", followPlayback);
    for (const event of ["seeking", "seeked", "pause", "timeupdate"]) audio.addEventListener(event, tell);
    audio.addEventListener("durationchange", () => {
      if (Number.isFinite(audio.duration)) listener.onDuration(audio.duration);
    });
    this._measureRecordings();
    audio.addEventListener("error", () => {
      if (audio.getAttribute("src")) this._setPlayable(false);
    });
  }

  /** Recordings of browsers do not say how long they are: who goes past their end learns it, and can seek. */
  _measureRecordings() {
    const audio = this._audio;
    const end = () => {
      if (!this._is_measuring) return;
      this._is_measuring = false;
      audio.currentTime = this._time_s;
    };
    audio.addEventListener("loadedmetadata", () => {
      this._is_measuring = audio.duration === Infinity && audio.seekable.length > 0;
      if (this._is_measuring) audio.currentTime = Number.MAX_SAFE_INTEGER;
    });
    audio.addEventListener("seeked", end);
    audio.addEventListener("play", end);
  }

  /** @param {Blob | null} media null where the sound is not at hand: the song can be moved through all the same */
  load(media) {
    URL.revokeObjectURL(this._audio.src);
    this._time_s = 0;
    this._is_measuring = false;
    this._setPlayable(media !== null);
    if (!media) this._not_playable.hidden = true; // there is no file of which to say so
    if (media) this._audio.src = URL.createObjectURL(media);
    else this._fallSilent();
  }

  /** @param {boolean} is_playable */
  _setPlayable(is_playable) {
    this._audio.hidden = !is_playable;
    this._not_playable.hidden = is_playable;
  }

  pause() {
    this._audio.pause();
  }

  /** Without its source an element plays on what it has. */
  _fallSilent() {
    this._audio.pause();
    this._audio.removeAttribute("src");
    this._audio.load();
  }

  get time_s() {
    return this._hasSound() ? this._audio.currentTime : this._time_s;
  }

  _hasSound() {
    return this._audio.hasAttribute("src") && !this._audio.error && !this._is_measuring;
  }

  /** @param {number} time_s */
  seek(time_s) {
    this._time_s = time_s;
    if (this._hasSound()) this._audio.currentTime = time_s;
    this._listener.onTime(this.time_s, !this._audio.paused);
  }
}
