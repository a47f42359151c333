/** The network that a visitor brings: taken in, said to be in use, and given up again. */

import { foundIn } from "../library/files.js";
import * as say from "../messages.js";
import { isMultiLabel } from "../network/rows.js";
import { element } from "../ui/page.js";
import { modelAmong } from "./claim.js";
import { ModelError } from "./model-error.js";
import { ModelReader } from "./reader.js";

/**
 * @typedef {import("./claim.js").Claim} Claim
 * @typedef {import("./read-model.js").Model} Model
 *
 * @typedef {object} Listener
 * @property {(model: Model | null) => void} onModel what listens from now on; null: the built-in network
 * @property {() => string | null} songAtHand the title of the song on the page, where it can be heard again
 * @property {() => void} onAgain it is to be heard again
 */

/** @param {Claim} claim @returns {string} what the visitor calls it */
const nameOf = (claim) =>
  claim.kind === "zip" ? claim.file.name : claim.files[0].path.replace(/^\/+/, "").split("/")[0];

export class OwnModel {
  /** @param {Listener} listener */
  constructor(listener) {
    this._listener = listener;
    this._reader = new ModelReader();
    /** @type {Model | null} */
    this._model = null;
    this._words = element("#own-model-words");
    this._alert = element("#own-model-alert");
    this._again = element("#own-model-again");
    this._leave = element("#own-model-leave");
    this._again.addEventListener("click", () => {
      listener.onAgain();
      element("#plot").focus(); // the button that had it is gone
    });
    this._leave.addEventListener("click", () => this._goBack());
    this._listenToInputs();
  }

  get is_in_use() {
    return this._model !== null;
  }

  /**
   * To be asked before anything is taken for songs.
   * @param {import("./claim.js").Found[]} found all that was dropped or chosen together
   * @returns {boolean} whether it is a model, which is then taken
   */
  claim(found) {
    const claim = modelAmong(found);
    if (claim) this._take(claim);
    return claim !== null;
  }

  /** @param {Claim} claim */
  async _take(claim) {
    this._alert.textContent = "";
    this._words.textContent = say.READING_MODEL;
    try {
      const model = await this._reader.read(claim);
      if (model) this._use(model);
    } catch (error) {
      this._sayWhatIsInUse();
      this._alert.textContent = say.modelErrorInWords(ModelError.from(error), nameOf(claim));
    }
  }

  /** Another song comes: what was said about the one before it, or about a model that was refused, is over. */
  settle() {
    this._alert.textContent = "";
    this._again.hidden = true;
    if (!this._model && this._words.textContent === say.BUILT_IN_MODEL) this._words.textContent = "";
  }

  /** @param {Model} model */
  _use(model) {
    this._model = model;
    this._listener.onModel(model); // what begins anew by that takes away what was said before
    this._sayWhatIsInUse();
    this._offerToHearAgain();
  }

  _goBack() {
    this._reader.stop();
    this._model = null;
    this._listener.onModel(null);
    this._words.textContent = say.BUILT_IN_MODEL;
    this._leave.hidden = true;
    this._offerToHearAgain();
    const next = this._again.hidden ? "#file" : "#own-model-again";
    element(next).focus(); // the button that had it is gone
  }

  _sayWhatIsInUse() {
    const contract = this._model?.contract;
    this._words.textContent = contract
      ? say.ownModelInUse(contract.name, contract.genres.length, isMultiLabel(contract.rows))
      : "";
    this._leave.hidden = !contract;
  }

  _offerToHearAgain() {
    const title = this._listener.songAtHand();
    this._again.hidden = title === null;
    this._again.textContent = say.hearAgain(title ?? "");
  }

  _listenToInputs() {
    for (const selector of ["#model-folder", "#model-zip"]) {
      const input = /** @type {HTMLInputElement} */ (element(selector));
      input.addEventListener("change", () => {
        const files = foundIn(input.files);
        input.value = ""; // else choosing the same one again would not be a change
        // Chosen as a model: what is none is told what it lacks.
        if (files.length > 0) this._take(modelAmong(files) ?? { kind: "folder", files });
      });
    }
    const folder = element('label[for="model-folder"]');
    folder.hidden = element("#model-folder").hidden = !("webkitdirectory" in HTMLInputElement.prototype); // on phones
  }
}
