/** The seven stages from sound to genre, and what each shows of a second. */

import * as say from "../messages/how.js";
import { secondInWords } from "../messages.js";
import { genresToName } from "../ui/genre-list.js";
import { originOf } from "../ui/told-analysis.js";
import { figureOf } from "./figure.js";
import { paintAnswers, paintColumns } from "./network-pictures.js";
import { indexOfLargest, paintMelBands, paintPicture, paintSpectrum, paintWave } from "./sound-pictures.js";
import { Figure, Stage } from "./stage.js";
import { votesTable } from "./votes-table.js";

/**
 * @typedef {import("./panel.js").Subject} Subject
 * @typedef {import("./look-worker.js").Look} Look
 * @typedef {keyof typeof say.TITLES} StageName
 */

/** Columns of the chart before and after the one that is explained. */
const N_AROUND = 8;

export class Stages {
  constructor() {
    const names = /** @type {StageName[]} */ (Object.keys(say.TITLES));
    const stages = names.map((name, i) => [name, new Stage(i + 1, say.TITLES[name])]);
    this._stages = /** @type {Record<StageName, Stage>} */ (Object.fromEntries(stages));
    const { wave, spectrum, mel, picture, detectors, votes, honesty } = this._stages;
    this._wave = wave.add(new Figure("how-wave"));
    this._spectrum = spectrum.add(new Figure("how-spectrum"));
    this._mel = mel.add(new Figure("how-mel"));
    this._picture = picture.add(new Figure("how-picture"));
    this._layers = [0, 1].map(() => detectors.add(new Figure("how-map")));
    this._votes = document.createElement("div");
    this._votes.className = "how-votes";
    votes.element.append(this._votes);
    this._unsure = Object.assign(document.createElement("p"), { className: "hint" });
    votes.element.append(this._unsure);
    this._columns = votes.add(new Figure("how-columns"));
    this._limits = document.createElement("p");
    this._place = document.createElement("p");
    honesty.element.append(this._limits, this._place);
    this.element = document.createElement("ol");
    this.element.id = "how-stages";
    this.element.append(...names.map((name) => this._stages[name].element));
  }

  /** What is so in every second. @param {Subject} subject */
  tell({ analysis, model, why_no_sound }) {
    const { contract } = model;
    /** @type {import("../contract.js").RowRule} */
    const rows = { ...contract.rows, activation: analysis.thresholds ? "sigmoid" : "softmax" };
    const texts = say.TEXTS({ ...contract, genres: analysis.genres, rows });
    this._unsure.textContent = say.unsureInWords(rows);
    for (const [name, words] of Object.entries(texts)) this._stages[/** @type {StageName} */ (name)].tell(words);
    const is_its_own = analysis.model.name === contract.name && analysis.model.version === contract.version;
    this._stages.honesty.tell(say.rightInWords(is_its_own ? figureOf(contract.training) : null));
    this._limits.textContent = say.limitsInWords(analysis.genres);
    this._place.textContent = say.WHERE_IT_WAS_HEARD[originOf(analysis)];
    this._votes.replaceChildren();
    const figures = [this._wave, this._spectrum, this._mel, this._picture, ...this._layers, this._columns];
    for (const figure of figures) figure.hide();
    this.element.classList.toggle("without-sound", why_no_sound !== "");
  }

  /** @param {Subject} subject @param {number} row @param {Look | null} look null where there is no sound */
  show(subject, row, look) {
    if (look) {
      this._showSound(subject, look);
      this._showPicture(subject, row, look);
      this._showDetectors(subject, look);
    }
    this._showVotes(subject, row, look);
  }

  /** @param {Subject} subject @param {Look} look */
  _showSound({ model: { contract } }, look) {
    const { moment, bands } = look;
    const highest_hz = contract.signal_chain.sample_rate_hz / 2;
    const top_hz = (indexOfLargest(moment.spectrum_db) * highest_hz) / (moment.spectrum_db.length - 1);
    this._wave.show(say.waveInWords(look, contract), paintWave(moment.wave));
    this._spectrum.show(say.spectrumInWords(top_hz, highest_hz), paintSpectrum(moment.spectrum_db));
    this._mel.show(
      say.melInWords(bands, indexOfLargest(moment.bands_db)),
      paintMelBands(moment, bands, highest_hz),
    );
  }

  /** @param {Subject} subject @param {number} row @param {Look} look */
  _showPicture({ analysis: { step_s }, model: { contract } }, row, { picture, bands }) {
    const { n_mels } = contract.signal_chain;
    const frame_s = frameOf(contract);
    const loudest = indexOfLargest(picture.log_mel);
    const timeOf = (/** @type {number} */ frame) => (picture.first_frame + frame) * frame_s;
    const place = (/** @type {number} */ time_s) =>
      Math.min(picture.n_frames, Math.max(0, time_s / frame_s - picture.first_frame));
    const marked = { first: place(row * step_s), end: place((row + 1) * step_s) };
    const loudest_s = timeOf(Math.floor(loudest / n_mels));
    this._picture.show(
      say.pictureInWords(timeOf(0), timeOf(picture.n_frames), loudest_s, bands[loudest % n_mels].top_hz),
      paintPicture(picture, marked),
    );
  }

  /** @param {Subject} subject @param {Look} look */
  _showDetectors({ model: { contract } }, { layers, picture, n_layers, n_parameters }) {
    const { network, training } = contract;
    const frame_s = frameOf(contract);
    const more = say.detectorsMore(n_layers, network.parameters ?? n_parameters, training?.train_songs ?? null);
    const { detectors } = say.TEXTS(contract);
    const none = layers.length === 0 ? ` ${say.NO_NETWORK_PICTURE}` : "";
    this._stages.detectors.tell(`${detectors} ${more}${none}`);
    this._layers.forEach((figure, i) => {
      const layer = layers[i];
      if (!layer) return figure.hide();
      const words = say.layerInWords(layer, picture.first_frame * frame_s, network.window_frames * frame_s);
      figure.show(words, ...layer.maps.map((map) => paintAnswers(map, layer.n_times)));
    });
  }

  /** @param {Subject} subject @param {number} row @param {Look | null} look */
  _showVotes({ analysis }, row, look) {
    const { genres, probabilities, unsure, step_s, thresholds = null } = analysis;
    const { table, n_left } = votesTable(genres, probabilities[row], look?.votes ?? null);
    this._votes.replaceChildren(table, say.fewerGenres(n_left));
    const n_shown = Math.min(probabilities.length, 2 * N_AROUND + 1);
    const first = Math.min(probabilities.length - n_shown, Math.max(0, row - N_AROUND));
    const shown = probabilities.slice(first, first + n_shown);
    const said = secondInWords(row * step_s, genresToName(probabilities[row], genres, thresholds), unsure[row]);
    this._columns.show(
      say.columnInWords(first * step_s, (first + n_shown) * step_s, said),
      paintColumns(shown, row - first, genres),
    );
  }
}

/** @param {import("../contract.js").Contract} contract @returns {number} seconds from one frame to the next */
const frameOf = ({ signal_chain: { hop_length, sample_rate_hz } }) => hop_length / sample_rate_hz;
