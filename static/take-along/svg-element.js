/** SVG elements, built one by one: what they say is text, never markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes numbers are written with two decimals at most
 * @param {(Node | string)[]} children
 * @returns {SVGElement}
 */
export function svgElement(name, attributes = {}, ...children) {
  const element = /** @type {SVGElement} */ (document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, typeof value === "number" ? short(value) : value);
  }
  element.append(...children);
  return element;
}

/** @param {number} number */
export const short = (number) => String(Math.round(number * 100) / 100);
