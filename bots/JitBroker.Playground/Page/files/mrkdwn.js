// Slack's mrkdwn and rich_text, as nodes. `world` names people and channels: { person(id), channel(id) }.
import { h } from './dom.js';
import { emoji } from './emoji.js';

const unescape = (text) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
const isWord = (c) => c !== undefined && /[\p{L}\p{N}]/u.test(c);

export function link(url, label) {
  let safe = null;
  try {
    const parsed = new URL(url);
    if (['http:', 'https:', 'mailto:', 'slack:'].includes(parsed.protocol)) safe = parsed.href;
  } catch { /* not an address: shown as text */ }
  return safe ? h('a', { href: safe, target: '_blank', rel: 'noopener noreferrer' }, label) : document.createTextNode(label);
}

const plainEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => emoji[name] ?? whole);

/** Newlines kept, emoji shortcodes drawn unless told not to. */
export const plain = (object) => (object.emoji === false ? object.text : plainEmoji(object.text));

export function text(object, world) {
  return object.type === 'mrkdwn' ? mrkdwn(object.text, world, object.verbatim) : [plain(object)];
}

export function mention(id, label, world) {
  const person = world.person(id);
  return h('span', { class: `mention${world.me === id ? ' mention-me' : ''}` }, `@${person?.name ?? label ?? id}`);
}

const shorts = { date_num: { year: 'numeric', month: '2-digit', day: '2-digit' }, date_short: { year: 'numeric', month: 'short', day: 'numeric' }, date: { year: 'numeric', month: 'long', day: 'numeric' }, date_long: { year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' } };

/** Slack's date tokens in the reader's own zone. */
export function formatDate(seconds, format) {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.valueOf())) return null;
  return format.replace(/\{([a-z_]+)\}/g, (whole, token) => {
    if (token === 'time') return at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    if (token === 'time_secs') return at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
    if (token === 'ago') return ago(seconds);
    const base = token.replace(/_pretty$/, '');
    if (!shorts[base]) return whole;
    return (token.endsWith('_pretty') && pretty(at)) || at.toLocaleDateString([], shorts[base]);
  });
}

function pretty(at) {
  const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86400000);
  return { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' }[days];
}

function ago(seconds) {
  const gap = Math.round(seconds - Date.now() / 1000);
  const [unit, size] = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]].find(([, s]) => Math.abs(gap) >= s) ?? ['second', 1];
  return new Intl.RelativeTimeFormat([], { numeric: 'auto' }).format(Math.round(gap / size), unit);
}

function angle(inside, world) {
  const bar = inside.indexOf('|');
  const [head, label] = bar < 0 ? [inside, null] : [inside.slice(0, bar), unescape(inside.slice(bar + 1))];
  if (head.startsWith('@')) return mention(head.slice(1), label, world);
  if (head.startsWith('#')) return h('span', { class: 'mention' }, `#${world.channel(head.slice(1))?.name ?? label ?? head.slice(1)}`);
  if (head.startsWith('!date^')) {
    const [, seconds, format, url] = head.split('^');
    const shown = formatDate(Number(seconds), unescape(format ?? '')) ?? label ?? '';
    const time = h('time', { title: label ?? '' }, shown);
    return url ? link(url, shown) : time;
  }
  if (head.startsWith('!')) return h('span', { class: 'mention mention-me' }, `@${label ?? head.slice(1).replace(/^subteam\^/, '')}`);
  return link(unescape(head), label ?? unescape(head).replace(/^mailto:/, ''));
}

const marks = { '*': 'strong', _: 'em', '~': 's' };

function closing(source, at, mark) {
  for (let i = at + 1; i < source.length; i++) {
    if (source[i] === '\n') return -1;
    if (source[i] === '<') { const end = source.indexOf('>', i); if (end > 0) { i = end; continue; } }
    if (source[i] === '`') { const end = source.indexOf('`', i + 1); if (end > 0) { i = end; continue; } }
    if (source[i] === mark && i > at + 1 && !/\s/.test(source[i - 1]) && !isWord(source[i + 1])) return i;
  }
  return -1;
}

function inline(source, world, verbatim) {
  const out = [];
  let buffer = '';
  const flush = () => { if (buffer) out.push(plainEmoji(unescape(buffer))); buffer = ''; };
  for (let i = 0; i < source.length; i++) {
    const c = source[i];
    if (c === '<') {
      const end = source.indexOf('>', i);
      if (end > 0) { flush(); out.push(angle(source.slice(i + 1, end), world)); i = end; continue; }
    } else if (c === '`') {
      const end = source.indexOf('`', i + 1);
      if (end > i + 1) { flush(); out.push(h('code', {}, unescape(source.slice(i + 1, end)))); i = end; continue; }
    } else if (marks[c] && !isWord(source[i - 1]) && source[i + 1] && !/\s/.test(source[i + 1])) {
      const end = closing(source, i, c);
      if (end > 0) { flush(); out.push(h(marks[c], {}, inline(source.slice(i + 1, end), world, verbatim))); i = end; continue; }
    } else if (!verbatim && c === 'h' && !isWord(source[i - 1])) {
      const url = /^https?:\/\/[^\s<>`]+[^\s<>`.,;:!?)\]]/.exec(source.slice(i));
      if (url) { flush(); out.push(link(unescape(url[0]), unescape(url[0]))); i += url[0].length - 1; continue; }
    }
    buffer += c;
  }
  flush();
  return out;
}

export function mrkdwn(source, world, verbatim = false) {
  const out = [];
  source.split(/```([\s\S]+?)```/).forEach((part, at) => {
    if (at % 2) { out.push(h('pre', {}, unescape(part.replace(/^\n|\n$/g, '')))); return; }
    for (const run of part.split(/((?:^(?:&gt;|>) ?.*(?:\n|$))+)/m)) {
      if (!run) continue;
      if (/^(?:&gt;|>)/.test(run)) out.push(h('blockquote', {}, inline(run.replace(/^(?:&gt;|>) ?/gm, '').replace(/\n$/, ''), world, verbatim)));
      else out.push(...inline(out.length ? run.replace(/^\n/, '') : run, world, verbatim));
    }
  });
  return out;
}

function richInline(e, world) {
  let node;
  switch (e.type) {
    case 'text': node = document.createTextNode(e.text); break;
    case 'link': node = link(e.url, e.text || e.url); break;
    case 'user': node = mention(e.user_id, null, world); break;
    case 'channel': node = h('span', { class: 'mention' }, `#${world.channel(e.channel_id)?.name ?? e.channel_id}`); break;
    case 'emoji': node = document.createTextNode(emoji[e.name] ?? `:${e.name}:`); break;
    case 'broadcast': node = h('span', { class: 'mention mention-me' }, `@${e.range}`); break;
    case 'date': node = h('time', {}, formatDate(e.timestamp, e.format) ?? e.fallback ?? ''); break;
    default: node = document.createTextNode(e.value ?? e.usergroup_id ?? '');
  }
  const s = e.style ?? {};
  if (s.code) node = h('code', {}, node);
  if (s.bold) node = h('strong', {}, node);
  if (s.italic) node = h('em', {}, node);
  if (s.strike) node = h('s', {}, node);
  return node;
}

export function richText(block, world) {
  const all = (elements) => elements.map((e) => richInline(e, world));
  return h('div', { class: 'rich' }, block.elements.map((part) => {
    switch (part.type) {
      case 'rich_text_preformatted': return h('pre', {}, all(part.elements));
      case 'rich_text_quote': return h('blockquote', {}, all(part.elements));
      case 'rich_text_list':
        return h(part.style === 'ordered' ? 'ol' : 'ul', { class: `indent-${part.indent ?? 0}`, start: part.offset ? part.offset + 1 : null }, part.elements.map((item) => h('li', {}, all(item.elements))));
      default: return h('div', { class: 'rich-section' }, all(part.elements));
    }
  }));
}
