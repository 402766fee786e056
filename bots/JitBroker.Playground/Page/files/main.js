// The page: one person's view of one conversation, redrawn from the state whenever the live line says that something changed.
import { coalesce, get, live, post } from './api.js';
import { drawChaos, toggleChaos } from './chaos.js';
import { makeComposer } from './composer.js';
import { drawHome, drawMessages } from './messages.js';
import { drawModals } from './modal.js';
import { drawHead, drawRail, drawSidebar } from './sidebar.js';
import { drawWire, toggleWire } from './wire.js';

const byId = (id) => document.getElementById(id);
const [handle, place, tab] = decodeURIComponent(location.hash.slice(1)).split('/');
// the address of a message: /archives/CHANNEL/p1700000000000100
const [, linkedPlace, linkedMessage] = /^\/archives\/(\w+)\/p(\d+)$/.exec(location.pathname) ?? [];
const app = { person: handle || (linkedPlace && localStorage.getItem('person')) || 'ana', conversation: place || linkedPlace || 'access-requests', tab: tab || 'messages', state: null, world: null, go, toggleWire: () => { byId('chaos').hidden = true; toggleWire(); }, toggleChaos: () => { byId('wire').hidden = true; toggleChaos(app); } };
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
  draw(adopt(state));
});

function draw(conversation) {
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
  drawModals(app, state.modals);
  drawWire();
  drawChaos(app);
  const unread = conversations().reduce((sum, c) => sum + (c.id === conversation.id ? 0 : c.unread), 0);
  document.title = `${unread ? `(${unread}) ` : ''}${conversation.direct ? state.app.name : `#${conversation.name}`} · ${state.me.name.split(' ')[0]} · ${state.team.name}`;
  localStorage.setItem('person', state.me.handle);
  history.replaceState(null, '', `#${state.me.handle}/${conversation.direct ? 'app' : conversation.name}${home ? '/home' : ''}`);
  if (!home && conversation.unread && document.visibilityState === 'visible') post('read', { person: app.person, conversation: conversation.id });
}

/** Another person, conversation or tab. */
async function go({ person, conversation, tab: to }) {
  if (person && conversations().find((c) => c.id === app.conversation)?.direct) app.conversation = 'app';
  if (person) app.person = person;
  if (conversation) app.conversation = conversation;
  if (to) app.tab = to;
  await refresh();
  if (app.tab === 'home' && app.conversation.startsWith('D')) await post('home', { person: app.person, tab: 'home' });
  if (!person) composer?.field.focus();
}

document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') refresh(); });
live(refresh, (up) => { byId('banner').hidden = up; });

/** Shows the message that the address names. */
function showLinked() {
  const node = [...document.querySelectorAll('.message')].find((m) => m.dataset.ts.replace('.', '') === linkedMessage);
  node?.scrollIntoView({ block: 'center' });
  node?.classList.add('linked');
}

refresh().then(() => {
  if (app.tab === 'home') go({ tab: 'home' });
  else if (linkedMessage) showLinked();
});
