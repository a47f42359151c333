/** What the foot of the page says about working without a network, new versions and being installed. */

import * as say from "../messages.js";
import { element } from "../ui/page.js";
import { OfflineCopy } from "./offline-copy.js";

/** @typedef {Event & {prompt(): Promise<{outcome: string}>}} InstallEvent Chromium's `beforeinstallprompt` */

/** The button that installs the page, where the browser offers that; others have it in a menu of their own. */
function offerToInstall() {
  const button = element("#install");
  /** @type {InstallEvent | null} */
  let offer = null;
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault(); // no banner of the browser's
    offer = /** @type {InstallEvent} */ (event);
    button.hidden = false;
  });
  button.addEventListener("click", async () => {
    const chosen = await offer?.prompt(); // can be asked once
    button.hidden = true;
    if (chosen?.outcome === "accepted") offer = null;
  });
  addEventListener("appinstalled", () => {
    button.hidden = true;
    element("#installed").hidden = false;
  });
}

/** @returns {OfflineCopy} to be started when the page can hear songs */
export function noteOffline() {
  const version = document.querySelector("meta[name=genrescope-version]")?.getAttribute("content") ?? "";
  const [news, button] = [element("#new-version"), element("#reload")];
  const copy = new OfflineCopy(version, {
    onKept: () => (element("#works-offline").hidden = false),
    onNewVersion: () => {
      news.textContent = say.NEW_VERSION;
      button.hidden = false;
    },
  });
  button.addEventListener("click", async () => {
    if (!(await copy.takeNewVersion())) news.textContent = say.CLOSE_OTHERS;
  });
  offerToInstall();
  return copy;
}
