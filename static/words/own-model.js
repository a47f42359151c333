/** A visitor's own network. */

export const READING_MODEL = "Reading your model …";
export const BUILT_IN_MODEL = "Listening with the built-in model again.";

/** @param {string} name @param {number} n_genres */
export const ownModelInUse = (name, n_genres) => `Listening with your model “${name}” (${n_genres} genres).`;

/** @param {string} title of the song on the page */
export const hearAgain = (title) => `Hear “${title}” again with it`;

const EXPORT_AGAIN = "Copy the whole folder once more, or export the model again.";

/**
 * The same for a model that a visitor brings: see own-model/model-error.js.
 * @type {Record<string, (details: Record<string, any>) => string>}
 */
const MODEL_ERRORS = {
  "no-contract": ({ kind }) =>
    `This ${kind} holds no model: it lacks contract.json. ` +
    (kind === "zip" ? "A model is zipped whole; songs are dropped unpacked." : "Drop the whole exported folder."),
  "many-contracts": () => "There are several models in there. Drop the folder of one of them.",
  "other-version": ({ found, known }) =>
    `This model was made for another version of this page (its format is ${found}, this page reads ${known}). ` +
    "Export it again with the training code that belongs to this page.",
  "bad-contract": ({ reason }) => `The page cannot use this model. (${reason})`,
  "too-many-genres": ({ n, most }) => `This model has ${n} genres; the chart has room for ${most}.`,
  "missing-file": ({ path }) => `The model lacks ${path}. ${EXPORT_AGAIN}`,
  "changed-file": ({ path }) => `${path} is not the file that was exported: it was changed or cut off. ${EXPORT_AGAIN}`,
  "wrong-shape": ({ what, found, expected }) =>
    `The network does not fit its contract: it ${what} ${found} numbers, the contract says ${expected}. ` +
    EXPORT_AGAIN,
  "does-not-run": ({ reason }) => `This model does not run in this browser. (${reason})`,
  "too-large": () => "There is more in there than a model has. Drop only the folder that was exported.",
  "bad-zip": () => "This zip is damaged, or not a zip. Zip the model folder again, or drop the folder itself.",
  "encrypted-zip": () => "This zip wants a password. Drop the folder itself, or zip it without one.",
  "no-unzip": () => "This browser cannot unpack a zip. Drop the model's folder instead.",
  unreadable: () => "This model cannot be read any more: it was changed, moved or deleted. Choose it once more.",
};

const STILL_THE_OLD_MODEL = "The model in use stays.";

/** @param {{code: string, details: Record<string, any>}} error @param {string} name of the folder or zip */
export const modelErrorInWords = ({ code, details }, name) =>
  `${name}: ${MODEL_ERRORS[code](details)} ${STILL_THE_OLD_MODEL}`;
