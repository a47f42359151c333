/**
 * What two tabs have made of the same genres, put together: what either of them has added is there, what either has
 * taken out is not, unless the other has added to it. Pure.
 */

/**
 * @typedef {import("./course.js").CourseGenre} CourseGenre
 * @typedef {import("./course.js").CourseSong} CourseSong
 * @typedef {import("../library/kept-lesson.js").KeptGenre} KeptGenre
 */

/**
 * @param {KeptGenre[]} before as both of them had it
 * @param {CourseGenre[]} ours
 * @param {KeptGenre[]} theirs
 * @param {(hash: string) => CourseSong[]} songOf a song of theirs that is not among ours; none where it is unknown
 * @returns {CourseGenre[]} theirs first, in their order, with their songs first
 */
export function merged(before, ours, theirs, songOf) {
  const [had, have, now] = [before, ours, theirs].map((genres) => new Map(genres.map((genre) => [genre.id, genre])));
  const ids = [...now.keys(), ...[...have.keys()].filter((id) => !now.has(id))];
  return ids.flatMap((id) => {
    const parts = /** @type {Parts} */ ({ was: had.get(id), our: have.get(id), their: now.get(id) });
    const genre = { id, name: nameOf(parts), songs: songsOf(parts, songOf) };
    const is_gone = parts.was !== undefined && !(parts.our && parts.their);
    const is_spare = before.length === 0 && !parts.their && genre.name === ""; // room for what is there now
    return (is_gone || is_spare) && genre.songs.length === 0 ? [] : [genre];
  });
}

/** @typedef {{was?: KeptGenre, our?: CourseGenre, their?: KeptGenre}} Parts of one genre */

/** @param {Parts} parts */
function nameOf({ was, our, their }) {
  const is_renamed_here = our !== undefined && our.name !== was?.name;
  return String((is_renamed_here ? our : (their ?? our))?.name);
}

/** @param {Parts} parts @param {(hash: string) => CourseSong[]} songOf @returns {CourseSong[]} */
function songsOf({ was, our, their }, songOf) {
  const before = new Set(was?.hashes);
  const there = new Set(their?.hashes);
  const known = new Map(our?.songs.filter(({ state }) => state === "done").map((song) => [song.hash, song]));
  const kept = [...there].filter((hash) => known.has(hash) || !before.has(hash));
  const added = (our?.songs ?? []).filter(({ hash }) => !there.has(hash) && !before.has(hash));
  return [...kept.flatMap((hash) => known.get(hash) ?? songOf(hash)), ...added];
}
