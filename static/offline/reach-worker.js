/** A worker, and the worker that it starts, which asks for an address that only the service worker knows. */

const INNER = "reach-inner";

async function isWithinReach() {
  const { status } = await fetch(new URL("./within-reach", import.meta.url));
  return status === 204;
}

if (self.name === INNER) {
  isWithinReach().then((is_within) => self.postMessage(is_within), () => self.postMessage(false));
} else {
  const inner = new Worker(import.meta.url, { type: "module", name: INNER });
  inner.onmessage = ({ data }) => self.postMessage(data);
  inner.onerror = () => self.postMessage(false);
}

export {};
