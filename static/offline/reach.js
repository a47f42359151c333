/** Whether the service worker answers for workers of workers, as helpers are. WebKitGTK 2.50 asks the server. */

/** @returns {Promise<boolean>} to be asked by a page that the service worker answers for */
export async function reachesHelpers() {
  const worker = new Worker(new URL("./reach-worker.js", import.meta.url), { type: "module", name: "reach" });
  const answer = await new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = () => resolve(false);
  });
  worker.terminate();
  return answer;
}
