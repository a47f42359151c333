/** Which stretch of the song the chart shows: all of it, a part, or the newest part of what is still coming. Pure. */

/** Closer than this nothing more is to be seen: rows describe seconds. */
const LEAST_SPAN_S = 8;
/** Where the playhead stands after the view has turned a page, as a share of the view. */
const PAGE_LEAD = 0.08;

export class Viewport {
  constructor() {
    this._duration_s = 1;
    this._start_s = 0;
    this._span_s = Infinity; // more than there is: the whole song, however long it turns out to be
    this._is_following = false;
  }

  get duration_s() {
    return this._duration_s;
  }

  /** Seconds across the view; more than the song has when the end is followed and still near its start. */
  get span_s() {
    return this._is_following ? this._span_s : Math.min(this._span_s, this._duration_s);
  }

  get start_s() {
    if (this._is_following) return Math.max(0, this._duration_s - this._span_s);
    return Math.min(this._start_s, this._duration_s - this.span_s);
  }

  get end_s() {
    return this.start_s + this.span_s;
  }

  get is_whole() {
    return !this._is_following && this.span_s === this._duration_s;
  }

  get is_following() {
    return this._is_following;
  }

  /** @param {number} duration_s */
  setDuration(duration_s) {
    this._duration_s = duration_s;
  }

  /** The whole song. */
  showAll() {
    this._is_following = false;
    this._span_s = Infinity;
    this._start_s = 0;
  }

  /** The newest seconds are not waited for any more. */
  unfollow() {
    if (this._is_following) this.showAll();
  }

  /** Keeps the newest seconds in view. @param {number} window_s */
  followEnd(window_s) {
    this._is_following = true;
    this._span_s = window_s;
  }

  /**
   * @param {number} factor more than 1 to come closer
   * @param {number} around_s what stays where it is in the view
   */
  zoom(factor, around_s) {
    const { start_s, span_s, _duration_s: duration_s } = this;
    const wanted_s = Math.max(Math.min(LEAST_SPAN_S, duration_s), span_s / factor);
    if (!this._is_following && wanted_s >= duration_s) return this.showAll();
    this._span_s = wanted_s;
    this._moveTo(around_s - ((around_s - start_s) * wanted_s) / span_s);
  }

  /** @param {number} distance_s towards the song's end; negative: towards its start */
  pan(distance_s) {
    const start_s = this.start_s;
    this._is_following = false;
    this._moveTo(start_s + distance_s);
  }

  /** @param {number} time_s is to be in the middle, where there is room for it */
  centre(time_s) {
    this.pan(time_s - this.span_s / 2 - this.start_s);
  }

  /** Turns pages until this can be seen. @param {number} time_s @returns {boolean} whether the view has moved */
  reveal(time_s) {
    if (this._is_following || this.contains(time_s)) return false;
    const before_s = this.start_s;
    this._moveTo(time_s - PAGE_LEAD * this.span_s);
    return this.start_s !== before_s;
  }

  /** @param {number} time_s */
  contains(time_s) {
    return time_s >= this.start_s && time_s < this.end_s;
  }

  /** @param {number} time_s @returns {number} 0 at the view's start, 1 at its end */
  shareAt(time_s) {
    return (time_s - this.start_s) / this.span_s;
  }

  /** @param {number} share of the view @returns {number} seconds, within the song */
  timeAt(share) {
    return Math.min(this._duration_s, Math.max(0, this.start_s + share * this.span_s));
  }

  /** @param {number} start_s */
  _moveTo(start_s) {
    this._start_s = Math.min(Math.max(0, start_s), Math.max(0, this._duration_s - this.span_s));
  }
}
