// Who acts, and where: the rail of people and the list of conversations.
import { avatar, h, icon, replace } from './dom.js';
import { post } from './api.js';
import { explain, toast } from './surface.js';

const badge = (count) => count > 0 && h('span', { class: 'badge', 'aria-label': `${count} unread` }, count > 99 ? '99+' : count);

export function drawRail(app) {
  const people = app.state.people.filter((p) => !p.is_bot && !p.deleted);
  replace(document.getElementById('rail'), h('div', { class: 'rail-title' }, 'Act as'),
    people.map((p) => h('button', { type: 'button', class: `rail-person${p.id === app.person ? ' current' : ''}`, title: `${p.name}${p.title ? ` · ${p.title}` : ''}`, 'aria-pressed': String(p.id === app.person), 'data-person': p.handle, onclick: () => app.go({ person: p.id }) },
      avatar(p, 40), p.id !== app.person && badge(p.unread), h('span', { class: 'rail-name' }, p.name.split(' ')[0]))));
}

function entry(app, c, label, glyph, extra) {
  const current = app.conversation === c.id;
  return h('button', { type: 'button', class: `entry${current ? ' current' : ''}${c.unread && !current ? ' unread' : ''}`, 'aria-current': current ? 'page' : null, 'data-conversation': c.id, onclick: () => app.go({ conversation: c.id, tab: 'messages' }) },
    h('span', { class: 'entry-glyph' }, glyph), h('span', { class: 'entry-name' }, label), extra, !current && badge(c.unread));
}

export function drawSidebar(app) {
  const { state } = app;
  const sorted = [...state.channels].filter((c) => !c.is_archived);
  replace(document.getElementById('sidebar'),
    h('div', { class: 'team' }, h('div', { class: 'team-name' }, state.team.name), h('div', { class: `team-app${state.app.connected ? '' : ' off'}` }, h('i', {}), state.app.connected ? `${state.app.name} is connected${state.app.sockets ? ` · ${state.app.sockets} socket${state.app.sockets > 1 ? 's' : ''}` : ''}` : 'No app connected')),
    h('div', { class: 'me' }, avatar(state.me, 30), h('div', {}, h('b', {}, state.me.name), h('span', {}, state.me.title ?? state.me.email ?? ''))),
    state.app.shortcuts.filter((s) => s.type === 'global').map((s) => h('button', { type: 'button', class: 'shortcut', 'data-shortcut': s.callback_id, onclick: async () => {
      const answer = await post('shortcut', { person: app.person, callback_id: s.callback_id });
      if (!answer.ok) toast(explain(answer.error));
    } }, icon('bolt', 15), s.name)),
    h('h3', {}, 'Channels'),
    sorted.map((c) => entry(app, c, c.name, icon(c.is_private ? 'lock' : 'hash', 15), c.is_ext_shared && h('span', { class: 'entry-mark', title: 'Shared with another organisation' }, icon('shared', 14)))),
    h('h3', {}, 'Apps'),
    state.directs.map((c) => entry(app, c, state.app.name, avatar(null, 20), null)));
}

export function drawHead(app, conversation) {
  const members = (conversation.members ?? []).map((id) => app.world.person(id)).filter(Boolean);
  const tab = (name, label) => h('button', { type: 'button', class: `tab${app.tab === name ? ' current' : ''}`, 'data-tab': name, onclick: () => app.go({ tab: name }) }, label);
  replace(document.getElementById('head'),
    h('div', { class: 'head-name' }, conversation.direct ? [avatar(null, 24), h('h1', {}, app.state.app.name), h('span', { class: 'tag' }, 'APP')] : [icon(conversation.is_private ? 'lock' : 'hash', 19), h('h1', {}, conversation.name)]),
    conversation.direct ? h('div', { class: 'tabs' }, tab('home', 'Home'), tab('messages', 'Messages')) : h('div', { class: 'topic' }, conversation.topic),
    h('div', { class: 'head-side' },
      !conversation.direct && h('div', { class: 'faces', title: members.map((m) => m.name).join(', ') }, members.slice(0, 4).map((m) => avatar(m, 22)), h('span', {}, members.length)),
      h('button', { type: 'button', class: `btn-icon${app.state.chaos.on ? ' alarm' : ''}`, title: app.state.chaos.on ? 'Chaos is on' : 'Chaos: make the workspace unkind', 'aria-label': 'Chaos', id: 'chaos-toggle', onclick: app.toggleChaos }, icon('storm', 18)),
      h('button', { type: 'button', class: 'btn-icon', title: 'What goes over the wire', 'aria-label': 'Wire', id: 'wire-toggle', onclick: app.toggleWire }, icon('wire', 18))));
}
