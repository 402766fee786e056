// The posts of one chat or channel, kept node by node; threads of a channel stand together.
import { avatar, h, icon, popup } from './dom.js';
import { post } from './api.js';
import { card, values } from './cards.js';
import { markdown } from './markdown.js';
import { explain, toast } from './surface.js';

const drafts = new Map();
const errors = new Map();
const opened = new Map();
let shown = { key: '', nodes: new Map(), json: new Map() };

const clock = (at) => new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
const mapOf = (map, id) => map.get(id) ?? map.set(id, new Map()).get(id);

/** Draws a chat; stays at the bottom if the reader was there. */
export function drawPosts(app, chat, posts, reply) {
  const pane = document.getElementById('t-messages');
  const key = `${app.tenant.me} ${chat.id}`;
  const fresh = shown.key !== key;
  if (fresh) shown = { key, nodes: new Map(), json: new Map() };
  const atEnd = fresh || pane.scrollHeight - pane.scrollTop - pane.clientHeight < 80;
  const seen = posts.filter((p) => !p.deleted || posts.some((r) => r.root === p.id));
  const nodes = chat.kind === 'channel' ? threads(app, chat, seen, fresh, reply) : seen.map((p) => node(app, chat, p, bubble, fresh));
  if (!nodes.length) nodes.push(beginning(app, chat));
  const kept = new Set(nodes);
  for (const child of [...pane.childNodes]) if (!kept.has(child)) child.remove();
  nodes.forEach((n, i) => { if (pane.childNodes[i] !== n) pane.insertBefore(n, pane.childNodes[i] ?? null); });
  pane.classList.toggle('t-chat', chat.kind !== 'channel');
  if (atEnd) pane.scrollTop = pane.scrollHeight;
}

/** Shows a post that an address names. */
export function showPost(id) {
  const node = document.querySelector(`#t-messages [data-id="${CSS.escape(id)}"]`);
  node?.scrollIntoView({ block: 'center' });
  node?.classList.add('linked');
}

function threads(app, chat, posts, fresh, reply) {
  const roots = posts.filter((p) => !p.root || !posts.some((r) => r.id === p.root));
  return roots.map((root) => {
    const inside = [root, ...posts.filter((p) => p.root === root.id)].map((p) => node(app, chat, p, inThread, fresh));
    const id = `thread ${root.id}`;
    const json = inside.length;
    // the frame is kept, so that what stands in it is not built anew
    if (!shown.nodes.has(id)) shown.nodes.set(id, h('section', { class: 'thread', 'data-thread': root.id }, h('div', { class: 'thread-posts' }), h('button', { type: 'button', class: 't-reply', onclick: () => reply(root.id) }, 'Reply')));
    const frame = shown.nodes.get(id).firstChild;
    if (shown.json.get(id) !== json || inside.some((n, i) => frame.childNodes[i] !== n)) frame.replaceChildren(...inside);
    shown.json.set(id, json);
    return shown.nodes.get(id);
  });
}

function node(app, chat, p, frame, fresh) {
  const wrong = errors.get(p.id);
  const json = JSON.stringify([p, wrong]);
  if (shown.json.get(p.id) === json) return shown.nodes.get(p.id);
  const isNew = !fresh && !shown.json.has(p.id);
  const isChanged = !fresh && shown.json.has(p.id);
  const made = frame(app, chat, p);
  made.dataset.id = p.id;
  if (isNew) made.classList.add('arrives');
  if (isChanged) made.classList.add('changes');
  shown.json.set(p.id, json);
  shown.nodes.set(p.id, made);
  return made;
}

function content(app, chat, p) {
  if (p.deleted) return h('div', { class: 't-deleted' }, 'This message has been deleted.');
  const note = p.note && h('div', { class: `t-note${p.note.is_error ? ' t-note-bad' : ''}`, role: p.note.is_error ? 'alert' : 'status' }, p.note.is_error && icon('warn', 15), p.note.text);
  const said = p.text && h('div', { class: 't-text' }, p.text_format === 'markdown' ? markdown(p.text) : mentions(app, p.text));
  return [said, p.card && h('div', { class: 't-card-row' }, card(context(app, chat, p), p.card)), note];
}

/** What a person typed, with the bot's mention as Teams shows it. */
function mentions(app, text) {
  const name = `@${app.tenant.app.name}`;
  return text.split(name).flatMap((part, i) => (i ? [h('span', { class: 't-mention' }, app.tenant.app.name), part] : [part]));
}

/** What the card's elements need: what was entered, and what a press does. */
function context(app, chat, p) {
  const at = { person: app.tenant.me, conversation: chat.id, id: p.id };
  const mine = mapOf(drafts, `${app.tenant.me} ${p.id}`);
  return {
    world: app.tenant, entered: p.inputs ?? {}, drafts: mine, errors: errors.get(p.id) ?? {}, opened: mapOf(opened, p.id), card: p.card,
    changed: (id, value) => post('teams/enter', { ...at, inputs: { [id]: value } }),
    async act(index) {
      const answer = await post('teams/act', { ...at, index, inputs: values(mine) });
      const had = errors.has(p.id);
      if (answer.errors) errors.set(p.id, answer.errors); else errors.delete(p.id);
      if (answer.shown === 'card' || answer.shown === 'dialog') mine.clear();
      if (answer.errors || had) app.redraw();
      if (!answer.ok && !answer.errors && !answer.shown) toast(explain(answer.error));
    },
  };
}

function head(app, p) {
  const person = app.tenant.person(p.from) ?? { id: p.from, handle: '', name: p.from };
  return [h('b', {}, person.name), p.from_app && h('span', { class: 'tag' }, 'BOT'), person.foreign && h('span', { class: 'tag tag-foreign' }, 'GUEST'),
    h('time', { datetime: new Date(p.at).toISOString() }, clock(p.at)), p.edited && !p.deleted && h('span', { class: 'edited' }, 'Edited')];
}

/** The menu of a post: what the app's manifest adds to it. */
function more(app, chat, p) {
  const offered = app.tenant.app.extensions.filter((e) => e.on_message);
  if (p.deleted || !offered.length) return null;
  const button = h('button', { type: 'button', class: 'btn-icon t-more', 'aria-label': 'More actions', title: 'More actions', onclick: open }, icon('dots', 16));
  return button;
  function open() {
    const panel = h('div', { class: 'panel' });
    const close = popup(panel, button, 240);
    panel.append(...offered.map((e) => h('button', { type: 'button', class: 'option', 'data-extension': e.id, onclick: async () => {
      close();
      const answer = await post('teams/extension', { person: app.tenant.me, conversation: chat.id, command: e.id, id: p.id });
      if (answer.shown !== 'dialog') toast(answer.text ?? explain(answer.error));
    } }, icon('bolt', 15), h('span', { class: 'option-text' }, e.title))));
  }
}

function inThread(app, chat, p) {
  return h('article', { class: `post${p.root ? ' post-reply' : ''}` }, avatar(app.tenant.person(p.from), p.root ? 26 : 34),
    h('div', { class: 'post-main' }, h('div', { class: 'post-head' }, head(app, p), p.own_view && ownView(), more(app, chat, p)), content(app, chat, p)));
}

function bubble(app, chat, p) {
  const mine = p.from === app.tenant.me;
  return h('article', { class: `post bubble${mine ? ' mine' : ''}${p.card ? ' with-card' : ''}` }, !mine && avatar(app.tenant.person(p.from), 30),
    h('div', { class: 'post-main' }, h('div', { class: 'post-head' }, mine ? [h('time', {}, clock(p.at))] : head(app, p), more(app, chat, p)), h('div', { class: 'bubble-body' }, content(app, chat, p))));
}

const ownView = () => h('span', { class: 't-own', title: 'This view of the card was made for this person' }, icon('eye', 13), 'Your view');

function beginning(app, chat) {
  const id = 'beginning';
  if (!shown.nodes.has(id)) shown.nodes.set(id, h('div', { class: 't-beginning' }, chat.kind === 'personal' ? avatar(app.tenant.person(app.tenant.app.id), 52) : h('span', { class: 't-mark t-mark-large', 'aria-hidden': 'true' }, chat.name[0].toUpperCase()),
    h('h2', {}, chat.name), h('p', {}, chat.kind === 'personal' ? `Talk to ${app.tenant.app.name} here.` : `${chat.topic || 'Nothing was posted yet'}.`)));
  return shown.nodes.get(id);
}
