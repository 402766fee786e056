// What stands over both panes: which of them are shown, and the drawers.
import { h, icon, replace } from './dom.js';

const bar = document.getElementById('bar');
const views = [['slack', 'Slack'], ['both', 'Side by side'], ['teams', 'Teams']];
const narrow = matchMedia('(max-width: 999px)');

/** A narrow window shows one pane at a time. */
const effective = (app) => (app.view === 'both' && narrow.matches ? 'slack' : app.view);

export function showPanes(app) {
  document.body.dataset.view = effective(app);
  narrow.onchange = () => { showPanes(app); app.redraw(); };
}

export function drawBar(app) {
  const { chaos } = app.state;
  const now = effective(app);
  replace(bar,
    h('div', { class: 'views', role: 'group', 'aria-label': 'Shown' }, views.filter(([view]) => view !== 'both' || !narrow.matches).map(([view, label]) =>
      h('button', { type: 'button', class: `view view-${view}`, 'data-view': view, 'aria-pressed': String(view === now), onclick: () => app.show(view) }, label, unread(app, view, now)))),
    h('div', { class: 'head-side' },
      h('button', { type: 'button', class: `btn-icon${chaos.on ? ' alarm' : ''}`, title: chaos.on ? 'Chaos is on' : 'Chaos: make the workspaces unkind', 'aria-label': 'Chaos', id: 'chaos-toggle', onclick: app.toggleChaos }, icon('storm', 18)),
      h('button', { type: 'button', class: 'btn-icon', title: 'What goes over the wire', 'aria-label': 'Wire', id: 'wire-toggle', onclick: app.toggleWire }, icon('wire', 18))));
}

/** A dot for what waits in the pane that is not shown. */
function unread(app, view, now) {
  if (view === 'both' || now === 'both' || view === now) return null;
  const waiting = view === 'teams' ? app.teams?.chats ?? [] : [...app.state.channels, ...app.state.directs];
  return waiting.some((c) => c.unread) && h('i', { class: 'view-dot', title: 'Something new' });
}
