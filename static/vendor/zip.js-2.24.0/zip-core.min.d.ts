// Ours, not the release's: imported for its side effect; this keeps the type checker out of the released file.
export {};
