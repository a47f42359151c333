/** What the chart is made of, and who listens to it. Types alone. */

/**
 * @typedef {object} ChartParts
 * @property {HTMLElement} plot focusable, takes pointer and keys
 * @property {HTMLCanvasElement} canvas in a window that cuts it off
 * @property {HTMLElement} playhead
 * @property {HTMLElement} cursor where the pointer hovers
 * @property {HTMLElement} labels one line a genre, beside the picture
 * @property {HTMLElement} axis
 * @property {{strip: HTMLElement, canvas: HTMLCanvasElement, window: HTMLElement}} overview of the whole song
 * @property {import("./sound-strip.js").SoundStrip} sound in the plot, too
 *
 * @typedef {object} ChartListener
 * @property {(time_s: number) => void} onSeek
 * @property {(time_s: number | null) => void} onPoint null when the pointer has left
 * @property {(viewport: import("./viewport.js").Viewport, is_by_key: boolean) => void} onView it came closer or
 *     went farther
 */

export {};
