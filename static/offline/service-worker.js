/**
 * Keeps the page's files, so that it works without a network: all of one version or none of it. The server puts the
 * list of them, `self.kept`, before this script (server/precache.py): another version is another script, which the
 * browser installs beside this one. A page is served by one version from its start to its end; the next version takes
 * over when no page is open any more, or when the only one asks for it.
 *
 * Only files of the list are ever kept or answered from here. Songs, /predict and everything else go their way as if
 * there were no service worker.
 */

{
  const worker = /** @type {any} */ (self);
  /** @type {{version: string, files: Record<string, string>}} integrity by path below the page; its own is "" */
  const { version, files } = worker.kept;
  /** @type {string} the page's address */
  const root = worker.registration.scope;
  const PREFIX = `genrescope ${root} `;
  const CACHE = PREFIX + version;

  /**
   * By content: what two versions share is fetched once.
   * @param {string} path
   */
  const keyOf = (path) => `${root}${path}?${encodeURIComponent(files[path])}`;

  /**
   * The HTTP cache is asked, too, but never trusted without the server's word.
   * @param {string} path
   * @returns {Promise<Response>} nothing else than what the list means
   */
  const obtain = async (path) =>
    (await caches.match(keyOf(path))) ?? fetch(root + path, { integrity: files[path], cache: "no-cache" });

  /** All of the files come into the cache, or none. @throws {Error} when one cannot be had */
  async function keepAll() {
    const paths = Object.keys(files);
    const answers = await Promise.all(paths.map(obtain));
    try {
      const cache = await caches.open(CACHE);
      await Promise.all(paths.map((path, i) => cache.put(keyOf(path), answers[i])));
    } catch (error) {
      await caches.delete(CACHE);
      throw error;
    }
  }

  /** The browser, or the visitor, may have emptied the cache. */
  async function isComplete() {
    if (!(await caches.has(CACHE))) return false;
    const keys = await (await caches.open(CACHE)).keys();
    return keys.length === Object.keys(files).length;
  }

  /** Earlier versions have nobody left to serve. */
  async function forgetOthers() {
    const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
    await Promise.all(others.map((name) => caches.delete(name)));
  }

  /** @param {Request} request @returns {string | null} the path of a file of the list */
  function keptPath({ method, url, headers }) {
    if (method !== "GET" || headers.has("range") || !url.startsWith(root)) return null;
    const { search, pathname } = new URL(url);
    const path = pathname.slice(new URL(root).pathname.length);
    return Object.hasOwn(files, path) && (search === "" || path === "") ? path : null;
  }

  /**
   * From an emptied cache nothing comes: then all is as without a service worker.
   * @param {Request} request
   * @param {string} path
   */
  const answer = async (request, path) => (await caches.match(keyOf(path), { cacheName: CACHE })) ?? fetch(request);

  /** What is asked for to know who is answered from here (reach.js). @param {string} url */
  const isReach = (url) => url.startsWith(root) && url.endsWith("/offline/within-reach");

  /** @returns {Promise<boolean>} whether no page but the one that asks is open */
  async function isOnlyPage() {
    const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
    return pages.filter((/** @type {{url: string}} */ { url }) => url.startsWith(root)).length <= 1;
  }

  /**
   * What a page may ask.
   * @type {Record<string, (question: {version: string}) => Promise<boolean>>}
   */
  const QUESTIONS = {
    /** Whether all is kept. The page of the first visit is served from now on, if it is of this version. */
    async "is-kept"({ version: version_of_page }) {
      if (!(await isComplete())) await keepAll();
      if (version_of_page === version && (await isOnlyPage())) await worker.clients.claim();
      return true;
    },
    /** Whether this version takes over now: it does not while pages that began with the one before are open. */
    async "take-over"() {
      if (!(await isOnlyPage())) return false;
      worker.skipWaiting();
      return true;
    },
  };

  worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(keepAll()));
  worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(forgetOthers()));
  worker.addEventListener("message", (/** @type {any} */ event) => {
    const { data, ports } = event;
    event.waitUntil(QUESTIONS[data.question](data).then(
      (said) => ports[0].postMessage(said),
      () => ports[0].postMessage(false),
    ));
  });
  worker.addEventListener("fetch", (/** @type {any} */ event) => {
    const path = keptPath(event.request);
    if (isReach(event.request.url)) event.respondWith(new Response(null, { status: 204 }));
    if (path !== null) event.respondWith(answer(event.request, path));
  });
}
