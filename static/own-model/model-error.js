/**
 * What can be wrong with a model that a visitor brings, told apart by code; `messages.js` has the sentence for each.
 *
 * - no-contract      no contract.json in the folder or zip
 * - many-contracts   several models in one folder
 * - other-version    a contract of another version of this page
 * - bad-contract     a contract that asks for what this page does not do
 * - too-many-genres  more than the page has lanes for
 * - missing-file     named by the contract, and not there
 * - changed-file     not of the size, or not of the hash, that the contract names
 * - wrong-shape      the network takes or gives something else than the contract says
 * - does-not-run     the network, or the signal chain that it wants, fails in this browser
 * - too-large        more bytes, or more files, than any model has
 * - bad-zip          not a zip, or damaged
 * - encrypted-zip    it wants a password
 * - no-unzip         this browser cannot unpack
 * - unreadable       changed, moved or deleted after it was chosen
 */
export class ModelError extends Error {
  /** @param {string} code @param {Record<string, string | number>} [details] what the sentence is made with */
  constructor(code, details = {}) {
    super(`${code} ${JSON.stringify(details)}`);
    this.name = "ModelError";
    this.code = code;
    this.details = details;
  }

  /** Errors lose their class on the way out of a worker: this is what travels instead. */
  toMessage() {
    return { code: this.code, details: this.details };
  }

  /** @param {unknown} error @returns {ModelError} itself, or what anything unforeseen counts as */
  static from(error) {
    if (error instanceof ModelError) return error;
    if (error instanceof DOMException && /^Not(Readable|Found)Error$/.test(error.name)) {
      return new ModelError("unreadable");
    }
    return new ModelError("does-not-run", { reason: error instanceof Error ? error.message : String(error) });
  }
}
