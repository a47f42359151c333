/**
 * Pictures of songs' sound, as the store keeps them beside the analyses: much larger than those, so fewer are kept.
 * They stay as they are: to deflate them would save a fifth, and take time when a song is opened.
 */

/**
 * @typedef {import("../signal/sound-frames.js").WholeSound} WholeSound
 *
 * @typedef {object} KeptSound
 * @property {string} key of the song's analysis
 * @property {number} used_ms when it was last asked for, since 1970
 * @property {number} n_bytes
 * @property {WholeSound} sound
 *
 * @typedef {{sounds: {key: string, value: KeptSound, indexes: {size_by_use: [number, number]}}}} SoundSchema
 * @typedef {import("./store.js").Database} Database
 * @typedef {import("./store.js").SoundStore} SoundStore
 */

export const SOUNDS = "sounds";

/** @param {Database} database of a form that may have had none */
export function createSounds(database) {
  if (database.objectStoreNames.contains(SOUNDS)) return;
  const sounds = database.createObjectStore(SOUNDS, { keyPath: "key" });
  sounds.createIndex("size_by_use", ["used_ms", "n_bytes"]); // told without the pictures being read
}

/** @param {SoundStore} sounds @param {string} key @returns {Promise<WholeSound | null>} */
export async function soundOf(sounds, key) {
  const kept = await sounds.get(key);
  if (!kept) return null;
  await sounds.put({ ...kept, used_ms: Date.now() });
  return kept.sound;
}

/**
 * What was not asked for the longest goes first.
 * @param {SoundStore} sounds
 * @param {string} key
 * @param {WholeSound} sound
 * @param {number} most_bytes of all of them
 */
export async function keepSound(sounds, key, sound, most_bytes) {
  await sounds.put({ key, used_ms: Date.now(), n_bytes: sound.frames.length, sound });
  let n_bytes = 0;
  let one = await sounds.index("size_by_use").openKeyCursor(null, "prev");
  for (; one; one = await one.continue()) {
    n_bytes += one.key[1];
    if (n_bytes > most_bytes) await sounds.delete(one.primaryKey);
  }
}
