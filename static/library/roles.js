/** What the list of songs needs of the page around it. Types alone. */

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("../engine/analyser.js").Analyser} Analyser
 * @typedef {import("../engine/analyser.js").Analysis} Analysis
 * @typedef {import("../engine/analyser.js").Sound} Sound
 * @typedef {import("../signal/sound-frames.js").WholeSound} WholeSound
 * @typedef {import("../engine/song-error.js").SongError} SongError
 * @typedef {import("./song.js").Song} Song
 *
 * @typedef {object} Loader
 * @property {() => Promise<Analyser>} get
 * @property {() => void} abort ends the work on the current song
 *
 * @typedef {object} Store
 * @property {(file: File, model: import("./store.js").ModelName) => Promise<import("./store.js").Found | null>} find
 * @property {(session: import("./song.js").Session) => Promise<WholeSound | null>} soundOf
 * @property {(file: File, packed: import("./packed.js").Packed, sound: WholeSound | null) => Promise<void>} keep
 *
 * @typedef {object} Stage where the song that is looked at is shown
 * @property {(started_ms?: number) => void} open a song was chosen, now unless it says when; the one before it stays
 *     until `show` or `recall`
 * @property {() => void} leave what is being heard is wanted no more
 * @property {(song: Song, contract: Contract) => void} show it is certain that there is music in it
 * @property {(fraction: number, decoded_s: number) => void} setProgress
 * @property {(rows: number[][], unsure: boolean[]) => void} setRows
 * @property {(sound: import("./song.js").SoundFrames) => void} setSound of the song that is shown, so far
 * @property {(analysis: Analysis) => void} finish
 * @property {(song: Song, analysis: Analysis) => void} recall a song whose analysis is known already
 * @property {(error: SongError, file: File) => void} fail
 *
 * @typedef {object} Watcher
 * @property {() => void} onStart a song is about to be heard
 * @property {(analysis: Analysis, contract: Contract) => void} onRest nothing is left to be heard
 * @property {(session: import("./song.js").Session) => void} onSessionGone the visitor took it off the list
 * @property {(what: "list" | "state" | "progress") => void} onChange songs came or went, states or progress changed
 *
 * @typedef {object} SessionHeard to its end
 * @property {import("./song.js").Session} session
 * @property {import("./packed.js").Packed} packed
 * @property {import("./song.js").SoundFrames} [sound]
 *
 * @typedef {{loader: Loader, store: Store, stage: Stage}} World
 */

export {};
