/** What a song is called. */

/**
 * @param {string} file_name
 * @returns {string} without its ending; with spaces, where underscores stand in for them
 */
export function titleOf(file_name) {
  const title = file_name.replace(/\.[a-z0-9]{2,5}$/i, "") || file_name;
  return title.includes(" ") ? title : title.replaceAll("_", " ");
}
