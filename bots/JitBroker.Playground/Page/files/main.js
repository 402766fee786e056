// The page: one person's view of one conversation in Slack and of its twin in Teams, redrawn from the state whenever the live line says that something changed.
import { coalesce, find, get, live, post } from './api.js';
import { drawBar, showPanes } from './bar.js';
import { drawChaos, toggleChaos } from './chaos.js';
import { makeComposer } from './composer.js';
import { drawHome, drawMessages } from './messages.js';
import { drawModals } from './modal.js';
import { drawHead, drawRail, drawSidebar } from './sidebar.js';
import { adoptTeams, drawTeams } from './teams.js';
import { drawWire, toggleWire } from './wire.js';

const byId = (id) => document.getElementById(id);
const [handle, place, tab] = decodeURIComponent(location.hash.slice(1)).split('/');
// the address of a message: /archives/CHANNEL/p1700000000000100
const [, linkedPlace, linkedMessage] = /^\/archives\/(\w+)\/p(\d+)$/.exec(location.pathname) ?? [];
const app = { person: handle || (linkedPlace && localStorage.getItem('person')) || 'ana', conversation: place || linkedPlace || 'access-requests', chat: place === 'app' ? 'personal' : place || 'access-requests', tab: tab || 'messages', view: localStorage.getItem('view') || 'both', state: null, world: null, teams: null, tenant: null, go, show, redraw, toggleWire: () => { byId('chaos').hidden = true; toggleWire(); }, toggleChaos: () => { byId('wire').hidden = true; toggleChaos(app); } };
let composer = null;

function conversations() {
  return [...app.state.channels, ...app.state.directs.map((d) => ({ ...d, direct: true }))];
}

function adopt(state) {
  app.state = state;
  app.person = state.me.id;
  const people = new Map(state.people.map((p) => [p.id, p]));
  people.set(state.app.user, { id: state.app.user, handle: state.app.name.toLowerCase(), name: state.app.name, app: true });
  const channels = new Map(state.channels.map((c) => [c.id, c]));
  app.world = { me: app.person, people: state.people, channels: state.channels, person: (id) => people.get(id), channel: (id) => channels.get(id) };
  const all = conversations();
  const current = all.find((c) => c.id === app.conversation || c.name === app.conversation) ?? (app.conversation === 'app' || app.conversation.startsWith('D') ? all.find((c) => c.direct) : null) ?? all[0];
  app.conversation = current.id;
  return current;
}

const refresh = coalesce(async () => {
  const asked = app.conversation;
  // once the place is known by its id, only its messages are fetched
  const only = app.state?.me.id === app.person && app.state.messages[asked] ? `&conversation=${asked}` : '';
  const state = await get(`state?person=${encodeURIComponent(app.person)}${only}`);
  if (asked !== app.conversation || ![state.me.id, state.me.handle].includes(app.person)) { refresh(); return; }
  const chat = app.chat;
  const teams = await find(`teams/state?person=${encodeURIComponent(state.me.handle)}&conversation=${encodeURIComponent(chat)}`);
  if (chat !== app.chat || asked !== app.conversation) { refresh(); return; }
  draw(adopt(state), adoptTeams(app, teams));
});

let drawn = null;
/** Draws once more what is known. */
function redraw() { if (drawn) draw(...drawn); }

function draw(conversation, chat) {
  drawn = [conversation, chat];
  const { state } = app;
  const home = conversation.direct && app.tab === 'home';
  composer ??= makeComposer(app);
  composer.retitle(`Message ${conversation.direct ? state.app.name : `#${conversation.name}`} · try ${state.app.commands[0]?.command ?? ''} request`);
  drawRail(app);
  drawSidebar(app);
  drawHead(app, conversation);
  byId('messages').hidden = home;
  byId('composer').hidden = home;
  byId('home').hidden = !home;
  if (home) drawHome(app, byId('home'), state.home);
  else drawMessages(app, conversation, state.messages[conversation.id] ?? []);
  drawTeams(app, chat);
  drawModals(app, state.modals);
  drawBar(app);
  drawWire();
  drawChaos(app);
  const unread = conversations().reduce((sum, c) => sum + (c.id === conversation.id ? 0 : c.unread), 0) + (app.teams?.chats ?? []).reduce((sum, c) => sum + (c.id === chat?.id ? 0 : c.unread), 0);
  document.title = `${unread ? `(${unread}) ` : ''}${conversation.direct ? state.app.name : `#${conversation.name}`} · ${state.me.name.split(' ')[0]} · ${state.team.name}`;
  localStorage.setItem('person', state.me.handle);
  history.replaceState(null, '', `#${state.me.handle}/${conversation.direct ? 'app' : conversation.name}${home ? '/home' : ''}`);
  if (!home && conversation.unread && document.visibilityState === 'visible' && byId('main').offsetParent !== null) post('read', { person: app.person, conversation: conversation.id });
}

/** Which panes are shown: `slack`, `teams` or `both`. */
function show(view) {
  app.view = view;
  localStorage.setItem('view', view);
  showPanes(app);
  redraw();
}

/** Another person, place or tab. A place that has a twin in the other workspace moves both panes. */
async function go({ person, conversation, chat, tab: to }) {
  if (person && conversations().find((c) => c.id === app.conversation)?.direct) app.conversation = 'app';
  if (person && app.teams?.chats.find((c) => c.id === app.chat)?.kind === 'personal') app.chat = 'personal';
  if (person) app.person = person;
  if (conversation) app.conversation = conversation;
  if (chat) app.chat = chat;
  const isShown = (chat && app.view !== 'slack') || (conversation && app.view !== 'teams') || (!chat && !conversation);
  if (!isShown) show(chat ? 'teams' : 'slack');
  if (to) app.tab = to;
  await refresh();
  if (app.tab === 'home' && app.conversation.startsWith('D')) await post('home', { person: app.person, tab: 'home' });
  if (!person && !chat) composer?.field.focus();
}

document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') refresh(); });
live(refresh, (up) => { byId('banner').hidden = up; });

/** Shows the message that the address names. */
function showLinked() {
  const node = [...document.querySelectorAll('.message')].find((m) => m.dataset.ts.replace('.', '') === linkedMessage);
  node?.scrollIntoView({ block: 'center' });
  node?.classList.add('linked');
}

showPanes(app);
refresh().then(() => {
  if (app.tab === 'home') go({ tab: 'home' });
  else if (linkedMessage) showLinked();
});
