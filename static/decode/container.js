/** What kind of file this is, by its content and never by its name. Pure: bytes in, a name out. */

/**
 * `audio`: a container that a browser may decode, named as listeners know it; `other`: certainly no audio.
 * @typedef {{kind: "audio" | "other", name: string}} FileKind
 */

/**
 * Name, kind, and the bytes at an offset that give it away (. stands for any byte).
 * @type {[string, "audio" | "other", number, string][]}
 */
const SIGNATURES = [
  ["WAV", "audio", 0, "RIFF....WAVE"],
  ["WAV", "audio", 0, "RF64....WAVE"],
  ["FLAC", "audio", 0, "fLaC"],
  ["Ogg", "audio", 0, "OggS"],
  ["MP4", "audio", 4, "ftyp"],
  ["WebM", "audio", 0, "\x1aE\xdf\xa3"],
  ["AIFF", "audio", 0, "FORM....AIF"],
  ["CAF", "audio", 0, "caff"],
  ["WMA", "audio", 0, "0&\xb2u\x8ef\xcf\x11"],
  ["AMR", "audio", 0, "#!AMR"],
  ["AU", "audio", 0, ".snd"],
  ["Monkey's Audio", "audio", 0, "MAC "],
  ["WavPack", "audio", 0, "wvpk"],
  ["DSD", "audio", 0, "DSD "],
  ["DSD", "audio", 0, "FRM8"],
  ["DTS", "audio", 0, "\x7f\xfe\x80\x01"],
  ["Musepack", "audio", 0, "MPCK"],
  ["Musepack", "audio", 0, "MP+"],
  ["RealAudio", "audio", 0, ".ra\xfd"],
  ["RealAudio", "audio", 0, ".RMF"],
  ["True Audio", "audio", 0, "TTA1"],
  ["AVI", "audio", 0, "RIFF....AVI "],
  ["MIDI", "audio", 0, "MThd"],
  ["PNG picture", "other", 0, "\x89PNG"],
  ["JPEG picture", "other", 0, "\xff\xd8\xff"],
  ["GIF picture", "other", 0, "GIF8"],
  ["WebP picture", "other", 0, "RIFF....WEBP"],
  ["PDF document", "other", 0, "%PDF"],
  ["ZIP archive", "other", 0, "PK\x03\x04"],
  ["RAR archive", "other", 0, "Rar!"],
  ["7-Zip archive", "other", 0, "7z\xbc\xaf"],
];

/** @param {Uint8Array} head @param {number} at @param {string} pattern */
const matches = (head, at, pattern) =>
  at + pattern.length <= head.length &&
  [...pattern].every((char, i) => (char === "." && i > 0 ? true : head[at + i] === char.charCodeAt(0)));

/** WAV may hold any codec: integers, floats, A-law and µ-law are what browsers decode. */
const PLAIN_WAV_FORMATS = new Set([1, 3, 6, 7, 0xfffe]);

/**
 * What else there is to say of a container, from what is in it.
 * @param {string} name
 * @param {Uint8Array} head
 */
function precise(name, head) {
  if (name === "WAV" && matches(head, 12, "fmt ") && !PLAIN_WAV_FORMATS.has(head[20] + 256 * head[21])) {
    return "compressed WAV";
  }
  return name === "Ogg" && matches(head, 28, "Speex   ") ? "Speex" : name;
}

/** @param {Uint8Array} head */
function looksLikeHtml(head) {
  const text = new TextDecoder("latin1").decode(head.subarray(0, 512)).replace("ï»¿", "").trimStart();
  return /^<(!doctype|html|head|body|\?xml|svg|script)/i.test(text);
}

/** @param {Uint8Array} head */
const looksLikeAdts = (head) => {
  if (head.length < 7 || head[0] !== 0xff || (head[1] & 0xf6) !== 0xf0) return false;
  const length = ((head[3] & 3) << 11) | (head[4] << 3) | (head[5] >> 5);
  return length > 7 && length + 2 <= head.length && head[length] === 0xff && (head[length + 1] & 0xf6) === 0xf0;
};

/** Its sync word, one of its 38 sizes and three rates, and a version that there is. @param {Uint8Array} head */
const looksLikeAc3 = (head) =>
  head[0] === 0x0b && head[1] === 0x77 && (head[4] & 0x3f) < 38 && head[4] >> 6 < 3 && head[5] >> 3 <= 10;

/**
 * MPEG audio has no signature of its own: `null` means that it may be that, or nothing known.
 * @param {Uint8Array} head the file's first bytes (behind an ID3 tag, if it has one); 4 KiB do
 * @returns {FileKind | null}
 */
export function fileKind(head) {
  for (const [name, kind, at, pattern] of SIGNATURES) {
    if (matches(head, at, pattern)) return { kind, name: precise(name, head) };
  }
  if (looksLikeAdts(head)) return { kind: "audio", name: "AAC" };
  if (looksLikeAc3(head)) return { kind: "audio", name: "AC-3" };
  if (looksLikeHtml(head)) return { kind: "other", name: "web page" };
  return null;
}
