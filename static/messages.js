/**
 * Every word the page says: its fixed texts in one table, and in words/ what depends on what happens, a file for each
 * part of the page. A translation is another set with these names.
 */

export * from "./words/song.js";
export * from "./words/errors.js";
export * from "./words/list.js";
export * from "./words/live.js";
export * from "./words/own-model.js";
export * from "./words/fallback.js";
export * from "./words/take-along.js";
export * from "./words/foot.js";
export { clock, percent } from "./words/numbers.js";

/** Texts of the page, put where `data-say` names them. */
export const TEXTS = {
  tagline: "Your song stays on this device.",
  about: "A neural network listens right here in your browser and shows, second by second, which genres it hears.",
  drop_title: "Drop a song anywhere on this page",
  choose_title: "Choose a song to see its genres",
  drop_formats: "MP3, Ogg, Opus, FLAC, M4A, AAC, WAV, AIFF",
  choose: "Choose a song",
  choose_other: "Another song",
  sample: "Hear our sample song",
  drop_here: "Let go to listen",
  panel_legend: "Genres",
  panel_whole: "Whole song",
  panel_now: "Now",
  picture_legend: "Show the genres as",
  picture_lanes: "Lanes",
  picture_heat: "Heat map",
  picture_stacked: "Areas",
  show_sound: "Spectrogram",
  zoom_label: "Zoom",
  zoom_in: "Closer",
  zoom_out: "Farther",
  zoom_whole: "Whole song",
  chart_label: "Genres over time. Left and right arrow keys move through the song; plus, minus and 0 zoom.",
  sections_label: "The song's parts. Each button goes to its start.",
  hint: "Click or drag on the chart to jump there. Pinch it, or hold Ctrl and turn the wheel, to come closer.",
  hint_touch: "Tap or drag on the chart to jump there. Pinch it to come closer.",
  unsure_note: "Hatched: unsure. Nothing there sounds enough like one of the genres that the network was taught.",
  not_playable: "This browser cannot play this file, but it can show its genres.",
  choose_folder: "Or choose a whole folder",
  choose_folder_other: "A folder",
  library_label: "Songs of this visit",
  library_keys: "Arrow keys move from song to song, Enter opens one, Delete takes it off the list.",
  column_number: "No.",
  column_title: "Title",
  column_verdict: "Verdict",
  column_confidence: "Confidence",
  column_duration: "Length",
  column_chart: "Chart",
  column_state: "State",
  column_remove: "Remove",
  library_cancel: "Cancel the rest",
  library_csv: "Save as CSV",
  library_clear: "Clear the list",
  forget: "Forget all songs",
  listen_microphone: "Listen to the microphone",
  listen_tab: "Listen to a tab or the computer",
  keep_sound: "Keep the sound, to play it afterwards (1 MB a minute)",
  live_level: "Loudness in decibels",
  live_stop: "Stop",
  backend_starting: "Runs on: starting …",
  backend_legend: "Run the network on",
  backend_auto: "Automatic",
  backend_auto_note: "The CPU, or the GPU where a short test after the first song finds it faster and as exact.",
  backend_wasm: "CPU (WebAssembly)",
  backend_webgpu: "GPU (WebGPU)",
  backend_webgl: "GPU (WebGL)",
  take_along: "Take it along",
  take_png: "Picture (PNG)",
  take_svg: "Vector picture (SVG)",
  take_csv: "Table (CSV)",
  take_json: "Data (JSON)",
  take_link: "Copy link",
  take_share: "Share link …",
  link_field: "Link to this chart",
  model_summary: "Use a model of your own",
  model_note:
    "Drop a model folder, or a zip of one, as “python -m training export” writes it, anywhere on this page, or " +
    "choose it here. It listens instead of the built-in one for this visit; it is not uploaded, and not kept.",
  model_folder: "Choose a model folder",
  model_zip: "Choose a zip",
  fallback_no: "No, keep it here",
  fallback_cancel: "Cancel",
  model_leave: "Go back to the built-in model",
  works_offline: "Works without a network now.",
  installed: "Installed on this device.",
  install: "Install as an app",
  reload: "Reload",
};
