// The Teams pane: one person's view of one chat or channel of the tenant.
import { avatar, h, icon, replace } from './dom.js';
import { post } from './api.js';
import { drawDialog } from './t-dialog.js';
import { drawPosts, showPost } from './t-posts.js';
import { makeTeamsComposer } from './t-composer.js';

const pane = document.getElementById('teams');
let composer = null;

/** The chat that is the twin of a Slack conversation; null when it has none. */
export function twinOf(state, conversation) {
  if (!state || !conversation) return null;
  return state.chats.find((c) => (conversation.direct ? c.kind === 'personal' : c.kind === 'channel' && c.name === conversation.name)) ?? null;
}

/** Adopts what the tenant says; null when this person has no account there. */
export function adoptTeams(app, state) {
  app.teams = state;
  if (!state) return null;
  const people = new Map(state.people.map((p) => [p.id, p]));
  people.set(state.app.id, { id: state.app.id, handle: 'app', name: state.app.name, app: true });
  app.tenant = { me: state.me.id, person: (id) => people.get(id), people: state.people, app: state.app, follow: (url) => follow(app, url) };
  const chat = state.chats.find((c) => c.id === app.chat || c.name === app.chat || (app.chat === 'personal' && c.kind === 'personal')) ?? state.chats[0];
  app.chat = chat.id;
  return chat;
}

/** An address of a message is followed within the client, as Teams does. */
function follow(app, url) {
  const [, channel, id] = /^https:\/\/teams\.microsoft\.com\/l\/message\/([^/?]+)\/(\d+)/.exec(url) ?? [];
  const chat = id && app.teams.chats.find((c) => c.id === decodeURIComponent(channel));
  if (!chat) return false;
  const twin = app.state.channels.find((c) => c.name === chat.name);
  app.go({ chat: chat.id, ...(twin ? { conversation: twin.id } : {}) }).then(() => showPost(id));
  return true;
}

export function drawTeams(app, chat) {
  if (!chat) {
    composer = null;
    replace(pane, h('div', { class: 't-empty' }, icon('chat', 30), h('p', {}, 'This person has no account in the tenant.')));
    return;
  }
  if (!composer) {
    replace(pane, h('header', { id: 't-head' }), h('section', { id: 't-messages', 'aria-label': 'Posts', 'aria-live': 'polite', tabindex: 0 }), h('footer', { id: 't-composer' }));
    composer = makeTeamsComposer(app);
  }
  const { teams } = app;
  const personal = chat.kind === 'personal';
  const members = chat.members.map((id) => app.tenant.person(id)).filter(Boolean);
  replace(document.getElementById('t-head'),
    h('span', { class: 'surface-tag t-tag' }, 'Teams'),
    h('div', { class: 'head-name' }, personal ? avatar(app.tenant.person(teams.app.id), 24) : h('span', { class: 't-mark', 'aria-hidden': 'true' }, chat.name[0].toUpperCase()), h('h1', {}, chat.name)),
    h('div', { class: 'topic' }, personal ? '' : chat.topic),
    h('div', { class: 'head-side' }, !chat.has_app && h('span', { class: 't-warn' }, 'App not added'),
      !personal && h('div', { class: 'faces', title: members.map((m) => m.name).join(', ') }, members.slice(0, 4).map((m) => avatar(m, 22)), h('span', {}, members.length))));
  composer.draw(chat);
  drawPosts(app, chat, teams.messages[chat.id] ?? [], (root) => composer.replyTo(root));
  drawDialog(app, teams.dialog);
  if (chat.unread && document.visibilityState === 'visible' && pane.offsetParent !== null) post('teams/read', { person: app.tenant.me, conversation: chat.id });
}
