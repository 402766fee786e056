// The little markdown that Teams reads in cards: bold, italics, links, lists, dates in the reader's zone. Text becomes text nodes.
import { h } from './dom.js';

const zoned = (iso, options) => {
  const at = new Date(iso);
  return Number.isNaN(at.valueOf()) ? null : new Intl.DateTimeFormat(undefined, options).format(at);
};
const dates = { COMPACT: { dateStyle: 'short' }, SHORT: { weekday: 'short', day: 'numeric', month: 'short' }, LONG: { dateStyle: 'full' } };

/** `{{DATE(…)}}` and `{{TIME(…)}}` as the client writes them. */
export const moments = (text) => text.replace(/\{\{(DATE|TIME)\(([^,)]+)(?:,\s*(\w+))?\)\}\}/g, (whole, kind, iso, style) =>
  zoned(iso.trim(), kind === 'TIME' ? { hour: '2-digit', minute: '2-digit' } : dates[style ?? 'COMPACT'] ?? dates.COMPACT) ?? whole);

const marks = /\*\*(?<bold>[^*]+)\*\*|(?<![\p{L}\p{N}])_(?<italic>[^_]+)_(?![\p{L}\p{N}])|\[(?<label>[^\]]*)\]\((?<url>https?:[^)\s]+)\)|<at>(?<at>[^<]*)<\/at>/gu;

function inline(text, declared) {
  const out = [];
  let last = 0;
  for (const m of text.matchAll(marks)) {
    out.push(text.slice(last, m.index));
    last = m.index + m[0].length;
    const { bold, italic, label, url, at } = m.groups;
    if (bold) out.push(h('strong', {}, inline(bold, declared)));
    else if (italic) out.push(h('em', {}, inline(italic, declared)));
    else if (url) out.push(h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, label || url));
    else out.push(declared?.has(m[0]) ? h('span', { class: 't-mention' }, at) : m[0]);
  }
  out.push(text.slice(last));
  return out.filter((part) => part !== '');
}

/** @param declared texts of the mentions that the card declares. */
export function markdown(source, declared = null) {
  const out = [];
  for (const block of moments(source).split(/\r?\n/)) {
    const item = /^(?:[-*+]|\d+\.)\s+(.*)$/.exec(block);
    if (item) {
      if (out.at(-1)?.tagName !== 'UL') out.push(h('ul', {}));
      out.at(-1).append(h('li', {}, inline(item[1], declared)));
    } else if (block.trim()) out.push(h('div', {}, inline(block, declared)));
  }
  return out;
}
