// The messages of one conversation, kept node by node so that a change redraws only what changed.
import { avatar, h, icon, popup, replace } from './dom.js';
import { post } from './api.js';
import { blocks } from './blocks.js';
import { mrkdwn } from './mrkdwn.js';
import { explain, surface, toast } from './surface.js';

const pane = document.getElementById('messages');
const drafts = new Map();
let shown = { key: '', nodes: new Map(), json: new Map() };

const timeOf = (ts) => new Date(Number(ts) * 1000);
const clock = (ts) => timeOf(ts).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

function dayOf(ts) {
  const day = timeOf(ts);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(day).setHours(0, 0, 0, 0)) / 86400000);
  return ['Today', 'Yesterday'][days] ?? day.toLocaleDateString([], { weekday: 'long', month: 'long', day: 'numeric' });
}

/** Draws a conversation; stays at the bottom if the reader was there. */
export function drawMessages(app, conversation, messages) {
  const key = `${app.person} ${conversation.id}`;
  const fresh = shown.key !== key;
  if (fresh) shown = { key, nodes: new Map(), json: new Map() };
  const atEnd = fresh || pane.scrollHeight - pane.scrollTop - pane.clientHeight < 80;
  const nodes = [beginning(app, conversation)];
  const replies = Map.groupBy(messages.filter((m) => m.thread_ts && m.thread_ts !== m.ts), (m) => m.thread_ts);
  let previous = null;
  for (const m of messages.filter((x) => !x.thread_ts || x.thread_ts === x.ts || !messages.some((p) => p.ts === x.thread_ts))) {
    if (!previous || dayOf(previous.ts) !== dayOf(m.ts)) { nodes.push(h('div', { class: 'day' }, h('span', {}, dayOf(m.ts)))); previous = null; }
    const grouped = previous && previous.user === m.user && previous.ephemeral === m.ephemeral && !replies.has(previous.ts) && m.ts - previous.ts < 300;
    nodes.push(node(app, conversation, m, grouped, false, fresh));
    for (const r of replies.get(m.ts) ?? []) nodes.push(node(app, conversation, r, false, true, fresh));
    previous = m;
  }
  const kept = new Set(nodes);
  for (const child of [...pane.childNodes]) if (!kept.has(child)) child.remove();
  nodes.forEach((n, i) => { if (pane.childNodes[i] !== n) pane.insertBefore(n, pane.childNodes[i] ?? null); });
  if (atEnd) pane.scrollTop = pane.scrollHeight;
}

function node(app, conversation, m, grouped, reply, fresh) {
  const json = JSON.stringify([m, grouped, reply]);
  if (shown.json.get(m.ts) === json) return shown.nodes.get(m.ts);
  const isNew = !fresh && !shown.json.has(m.ts);
  const made = message(app, conversation, m, grouped, reply, isNew);
  if (!fresh && shown.json.has(m.ts) && JSON.parse(shown.json.get(m.ts))[0].edited !== m.edited) made.classList.add('changes');
  shown.json.set(m.ts, json);
  shown.nodes.set(m.ts, made);
  return made;
}

function message(app, conversation, m, grouped, reply, isNew) {
  const person = m.from_app ? { app: true, name: app.state.app.name } : m.notice ? { id: 'USLACKBOT', handle: 'slackbot', name: 'Slackbot' } : app.world.person(m.user) ?? { id: m.user, handle: m.user, name: m.user };
  const ctx = surface({ app, at: { conversation: conversation.id, ts: m.ts }, values: m.state?.values, drafts: draftsOf(m.ts) });
  const edited = m.edited && h('span', { class: 'edited' }, '(edited)');
  return h('article', { class: `message${grouped ? ' grouped' : ''}${m.ephemeral ? ' ephemeral' : ''}${reply ? ' reply' : ''}${isNew ? ' arrives' : ''}`, 'data-ts': m.ts },
    !m.ephemeral && !m.notice && more(app, conversation, m),
    m.ephemeral && h('div', { class: 'only-you' }, icon('eye', 14), 'Only visible to you'),
    h('div', { class: 'message-row' },
      grouped ? h('time', { class: 'gutter', datetime: timeOf(m.ts).toISOString() }, clock(m.ts).replace(/ ?[AP]M$/, '')) : avatar(person, reply ? 26 : 36),
      h('div', { class: 'message-main' },
        !grouped && h('div', { class: 'message-head' }, h('b', {}, person.name), (m.from_app || m.notice) && h('span', { class: 'tag' }, 'APP'),
          person.foreign && h('span', { class: 'tag tag-foreign' }, 'EXTERNAL'), h('time', { datetime: timeOf(m.ts).toISOString(), title: timeOf(m.ts).toString() }, clock(m.ts))),
        m.blocks ? h('div', {}, blocks(ctx, m.blocks), edited) : h('div', { class: 'b-text' }, mrkdwn(m.text, app.world), edited && [' ', edited]))));
}

/** The menu of a message: the app's shortcuts on messages. */
function more(app, conversation, m) {
  const offered = app.state.app.shortcuts.filter((s) => s.type === 'message');
  if (!offered.length) return null;
  const node = h('button', { type: 'button', class: 'btn-icon message-more', 'aria-label': 'More actions', title: 'More actions', onclick: open }, icon('dots', 18));
  return node;
  function open() {
    const panel = h('div', { class: 'panel' });
    const close = popup(panel, node, 240);
    panel.append(...offered.map((s) => h('button', { type: 'button', class: 'option', 'data-shortcut': s.callback_id, onclick: async () => {
      close();
      const answer = await post('shortcut', { person: app.person, callback_id: s.callback_id, conversation: conversation.id, ts: m.ts });
      if (!answer.ok) toast(explain(answer.error));
    } }, icon('bolt', 15), h('span', { class: 'option-text' }, s.name))));
  }
}

const draftsOf = (ts) => drafts.get(ts) ?? drafts.set(ts, new Map()).get(ts);

function beginning(app, c) {
  const key = `begin ${c.id}`;
  if (shown.nodes.has(key)) return shown.nodes.get(key);
  const direct = c.direct;
  const made = h('div', { class: 'beginning' },
    h('div', { class: 'beginning-mark' }, direct ? avatar(null, 52) : icon(c.is_private ? 'lock' : 'hash', 30)),
    h('h2', {}, direct ? app.state.app.name : `#${c.name}`),
    h('p', {}, direct ? `This is the conversation between you and ${app.state.app.name}.` : c.topic ? `${c.topic}.` : 'This is the very beginning of the channel.',
      h('br'), 'Type ', app.state.app.commands.map((x) => h('code', {}, x.command)), ' below to begin.'));
  shown.nodes.set(key, made);
  return made;
}

/** The home tab. */
export function drawHome(app, pane2, view) {
  const json = JSON.stringify([app.person, view]);
  if (pane2.dataset.drawn === json) return;
  pane2.dataset.drawn = json;
  if (!view) { replace(pane2, h('div', { class: 'home-empty' }, avatar(null, 52), h('p', {}, 'The app has published nothing here yet.'))); return; }
  const ctx = surface({ app, at: { view_id: view.id }, values: view.state.values, drafts: draftsOf(view.id) });
  replace(pane2, h('div', { class: 'home-view' }, blocks(ctx, view.blocks)));
}
