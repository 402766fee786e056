// Builds the page from elements and text nodes. Nothing that came over the wire is ever parsed as HTML.

const svgNames = new Set(['svg', 'path', 'circle', 'rect', 'g']);

/** h('button', { class: 'x', onclick: f }, 'text', node, …). Null and false children are left out. */
export function h(tag, props = {}, ...children) {
  const node = svgNames.has(tag) ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked') node[name] = value;
    else if (name === 'vars') for (const [key, v] of Object.entries(value)) node.style.setProperty(key, v);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  append(node, children);
  return node;
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

export function replace(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

const paths = {
  hash: 'M9 4 7 20M17 4l-2 16M4 9h17M3 15h17',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  shared: 'M8 8 4 12l4 4M16 8l4 4-4 4M4 12h16',
  close: 'M6 6l12 12M18 6 6 18',
  send: 'M4 12 20 4l-5 16-4-6zM11 14l9-10',
  bolt: 'M13 3 5 14h6l-1 7 8-11h-6z',
  eye: 'M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12zM12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z',
  wire: 'M4 7h11l-3-3M20 17H9l3 3',
  storm: 'M7.2 15.5A4 4 0 0 1 7 7.6a5.4 5.4 0 0 1 10.4 1.2 3.5 3.5 0 0 1 .1 6.7M12.8 11.5l-2.6 4.3h3.9L11.6 20',
  down: 'M6 9l6 6 6-6',
  dots: 'M5 12h.01M12 12h.01M19 12h.01',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM20 20l-4.7-4.7',
  key: 'M8 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM11.5 12H21v3.5M17 12v3',
  home: 'M4 11 12 4l8 7M6 9.5V20h12V9.5',
  chat: 'M4 5h16v11H10l-4 4v-4H4z',
  warn: 'M12 4 2.5 20h19zM12 10v4M12 17h.01',
  check: 'M5 12.5 10 17.5 19 7',
};

/** A line icon of 24 by 24. */
export function icon(name, size = 18) {
  return h('svg', { viewBox: '0 0 24 24', width: size, height: size, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.9, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true', class: `icon icon-${name}` },
    h('path', { d: paths[name] }));
}

const hues = [262, 12, 158, 204, 328, 38, 186, 90];

/** A person's square with initials; the app's has a key. */
export function avatar(person, size = 36) {
  if (!person || person.app) return h('span', { class: 'avatar avatar-app', vars: { '--size': `${size}px` }, 'aria-hidden': 'true' }, icon('key', Math.round(size * 0.6)));
  const initials = person.name.split(/\s+/).map((w) => w[0]).slice(0, 2).join('').toUpperCase();
  let sum = 0;
  for (const c of person.id) sum = (sum * 31 + c.codePointAt(0)) % 997;
  const hue = hues[{ ana: 0, bea: 1, cy: 2, dan: 3, eli: 4 }[person.handle] ?? sum % hues.length];
  return h('span', { class: 'avatar', vars: { '--hue': hue, '--size': `${size}px` }, 'aria-hidden': 'true' }, initials);
}

/** Fixes a floating panel to an anchor, above it when there is more room there. */
export function float(panel, anchor, width) {
  const box = anchor.getBoundingClientRect();
  const below = window.innerHeight - box.bottom;
  const wide = Math.max(width ?? box.width, 180);
  panel.style.width = `${wide}px`;
  panel.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - wide - 8))}px`;
  if (below < 280 && box.top > below) panel.style.bottom = `${window.innerHeight - box.top + 4}px`;
  else panel.style.top = `${box.bottom + 4}px`;
  panel.style.maxHeight = `${Math.min(340, Math.max(below, box.top) - 16)}px`;
}

let closeLast = null;

/** Opens one panel over everything; a press elsewhere or Escape closes it. */
export function popup(panel, anchor, width) {
  closeLast?.();
  const away = (event) => { if (!panel.contains(event.target) && !anchor.contains(event.target)) close(); };
  const escape = (event) => { if (event.key === 'Escape') { event.stopPropagation(); close(); anchor.focus(); } };
  const close = () => {
    panel.remove();
    document.removeEventListener('pointerdown', away, true);
    document.removeEventListener('keydown', escape, true);
    closeLast = null;
  };
  float(panel, anchor, width);
  document.getElementById('layer').append(panel);
  document.addEventListener('pointerdown', away, true);
  document.addEventListener('keydown', escape, true);
  closeLast = close;
  return close;
}
