// Who acts, and where: the rail of people and the list of conversations.
import { avatar, h, icon, replace } from './dom.js';
import { post } from './api.js';
import { explain, toast } from './surface.js';
import { twinOf } from './teams.js';

const badge = (count) => count > 0 && h('span', { class: 'badge', 'aria-label': `${count} unread` }, count > 99 ? '99+' : count);

export function drawRail(app) {
  const people = app.state.people.filter((p) => !p.is_bot && !p.deleted);
  replace(document.getElementById('rail'), h('div', { class: 'rail-title' }, 'Act as'),
    people.map((p) => h('button', { type: 'button', class: `rail-person${p.id === app.person ? ' current' : ''}`, title: `${p.name}${p.title ? ` · ${p.title}` : ''}`, 'aria-pressed': String(p.id === app.person), 'data-person': p.handle, onclick: () => app.go({ person: p.id }) },
      avatar(p, 40), p.id !== app.person && badge(p.unread + (app.teams?.people.find((t) => t.handle === p.handle)?.unread ?? 0)), h('span', { class: 'rail-name' }, p.name.split(' ')[0]))));
}

/** A place: a Slack conversation, a Teams chat, or both when they are twins. */
function entry(app, { conversation: c, chat, label, glyph, extra }) {
  const current = (c && app.conversation === c.id && document.body.dataset.view !== 'teams') || (chat && app.chat === chat.id && (!c || document.body.dataset.view === 'teams'));
  const unread = (c?.unread ?? 0) + (chat?.unread ?? 0);
  return h('button', { type: 'button', class: `entry${current ? ' current' : ''}${unread && !current ? ' unread' : ''}`, 'aria-current': current ? 'page' : null, 'data-conversation': c?.id, 'data-chat': chat?.id,
    onclick: () => app.go({ conversation: c?.id, chat: chat?.id, ...(c ? { tab: 'messages' } : {}) }) },
  h('span', { class: 'entry-glyph' }, glyph), h('span', { class: 'entry-name' }, label), extra, !current && badge(unread));
}

function connection(name, isUp, how) {
  return h('div', { class: `team-app${isUp ? '' : ' off'}`, title: isUp ? `${name}: the app is connected` : `${name}: no app connected` }, h('i', {}), name, isUp ? how && h('small', {}, how) : h('small', {}, 'not connected'));
}

export function drawSidebar(app) {
  const { state, teams } = app;
  const open = state.channels.filter((c) => !c.is_archived);
  const twins = open.filter((c) => twinOf(teams, c));
  const lone = open.filter((c) => !twinOf(teams, c));
  const loneChats = (teams?.chats ?? []).filter((t) => t.kind !== 'personal' && !open.some((c) => c.name === t.name));
  const channel = (c) => entry(app, { conversation: c, chat: twinOf(teams, c), label: c.name, glyph: icon(c.is_private ? 'lock' : 'hash', 15), extra: c.is_ext_shared && h('span', { class: 'entry-mark', title: 'Shared with another organisation' }, icon('shared', 14)) });
  replace(document.getElementById('sidebar'),
    h('div', { class: 'team' }, h('div', { class: 'team-name' }, state.team.name),
      h('div', { class: 'team-apps' }, connection('Slack', state.app.connected, state.app.sockets ? `${state.app.sockets} socket${state.app.sockets > 1 ? 's' : ''}` : null), teams && connection('Teams', teams.app.connected, null))),
    h('div', { class: 'me' }, avatar(state.me, 30), h('div', {}, h('b', {}, state.me.name), h('span', {}, state.me.title ?? state.me.email ?? ''))),
    state.app.shortcuts.filter((s) => s.type === 'global').map((s) => h('button', { type: 'button', class: 'shortcut', 'data-shortcut': s.callback_id, onclick: async () => {
      const answer = await post('shortcut', { person: app.person, callback_id: s.callback_id });
      if (!answer.ok) toast(explain(answer.error));
    } }, icon('bolt', 15), s.name)),
    h('h3', {}, teams ? 'In both' : 'Channels'), twins.map(channel),
    state.directs.map((c) => entry(app, { conversation: { ...c, direct: true }, chat: twinOf(teams, { direct: true }), label: state.app.name, glyph: avatar(null, 20) })),
    teams && lone.length > 0 && h('h3', {}, 'Only in Slack'), lone.map(channel),
    loneChats.length > 0 && h('h3', {}, 'Only in Teams'), loneChats.map((t) => entry(app, { chat: t, label: t.name, glyph: h('span', { class: 't-mark t-mark-small', 'aria-hidden': 'true' }, t.name[0].toUpperCase()) })));
}

export function drawHead(app, conversation) {
  const members = (conversation.members ?? []).map((id) => app.world.person(id)).filter(Boolean);
  const tab = (name, label) => h('button', { type: 'button', class: `tab${app.tab === name ? ' current' : ''}`, 'data-tab': name, onclick: () => app.go({ tab: name }) }, label);
  replace(document.getElementById('head'),
    h('span', { class: 'surface-tag' }, 'Slack'),
    h('div', { class: 'head-name' }, conversation.direct ? [avatar(null, 24), h('h1', {}, app.state.app.name), h('span', { class: 'tag' }, 'APP')] : [icon(conversation.is_private ? 'lock' : 'hash', 19), h('h1', {}, conversation.name)]),
    conversation.direct ? h('div', { class: 'tabs' }, tab('home', 'Home'), tab('messages', 'Messages')) : h('div', { class: 'topic' }, conversation.topic),
    h('div', { class: 'head-side' },
      !conversation.direct && h('div', { class: 'faces', title: members.map((m) => m.name).join(', ') }, members.slice(0, 4).map((m) => avatar(m, 22)), h('span', {}, members.length))));
}
