// The stack of modals: only the top one is shown; what is typed survives every redraw.
import { avatar, h, icon, replace } from './dom.js';
import { post } from './api.js';
import { blocks } from './blocks.js';
import { plain } from './mrkdwn.js';
import { explain, surface, toast } from './surface.js';

const root = document.getElementById('modals');
const drafts = new Map();
let drawn = '';
let dismiss = null;

document.addEventListener('keydown', (event) => { if (event.key === 'Escape' && root.firstChild && !document.querySelector('dialog[open]')) dismiss?.(); });

const draftsOf = (id) => drafts.get(id) ?? drafts.set(id, new Map()).get(id);

/** Redraws when the view changed, and puts the cursor back where it was. */
export function drawModals(app, stack) {
  const view = stack.at(-1);
  const now = view ? JSON.stringify([app.person, view, stack.length]) : '';
  if (now === drawn) return;
  const before = drawn;
  drawn = now;
  if (!view) { replace(root); return; }
  const sameView = root.firstChild?.dataset.view === view.id;
  const focus = remember();
  const scroll = root.querySelector('.modal-body')?.scrollTop ?? 0;
  replace(root, overlay(app, view, stack.length, !sameView || !before));
  if (sameView) {
    root.querySelector('.modal-body').scrollTop = scroll;
    focus();
    if (!root.contains(document.activeElement)) (root.querySelector('.has-error .field, .has-error .select') ?? root.querySelector('.modal')).focus();
    if (Object.keys(view.errors).length) root.querySelector('.has-error')?.scrollIntoView({ block: 'nearest' });
  } else (root.querySelector('[autofocus]') ?? root.querySelector('.field, .select') ?? root.querySelector('.modal')).focus();
}

function remember() {
  const active = document.activeElement;
  const key = active?.dataset?.key;
  if (!key || !root.contains(active)) return () => {};
  const [from, to] = [active.selectionStart, active.selectionEnd];
  return () => {
    const again = root.querySelector(`[data-key="${CSS.escape(key)}"]`);
    again?.focus();
    if (from !== null && from !== undefined && again?.setSelectionRange && again.type !== 'date') again.setSelectionRange(from, to);
  };
}

function overlay(app, view, depth, fresh) {
  const ctx = surface({ app, at: { view_id: view.id }, values: view.state.values, errors: view.errors, drafts: draftsOf(view.id), enter: submit });
  const go = view.submit && h('button', { type: 'button', class: 'btn btn-primary', id: 'submit', onclick: submit }, plain(view.submit));
  const panel = h('div', { class: 'modal', role: 'dialog', 'aria-modal': 'true', 'aria-label': plain(view.title), tabindex: -1 },
    h('div', { class: 'modal-head' }, avatar(null, 26), h('h2', {}, plain(view.title)),
      h('button', { type: 'button', class: 'btn-icon', 'aria-label': 'Close', onclick: () => close(true) }, icon('close'))),
    h('div', { class: 'modal-body' }, blocks(ctx, view.blocks)),
    h('div', { class: 'modal-foot' },
      view.notice && h('div', { class: 'modal-notice', role: 'alert' }, icon('warn', 16), view.notice),
      h('button', { type: 'button', class: 'btn', onclick: () => close(false) }, view.close ? plain(view.close) : depth > 1 ? 'Back' : view.submit ? 'Cancel' : 'Close'), go));
  const node = h('div', { class: `overlay${fresh ? ' fresh' : ''}`, 'data-view': view.id, onkeydown: (event) => trap(event, panel) }, panel);
  dismiss = () => close(false);
  return node;

  async function submit() {
    if (!go || go.classList.contains('busy')) return;
    go.classList.add('busy');
    await ctx.flush();
    const answer = await post('submit', { person: app.person, view_id: view.id });
    go.classList.remove('busy');
    if (!answer.ok && !answer.errors) toast(explain(answer.error));
  }

  async function close(all) {
    drafts.delete(view.id);
    await post('close', { person: app.person, view_id: view.id, all });
  }
}

function trap(event, panel) {
  if (event.key !== 'Tab') return;
  const stops = [...panel.querySelectorAll('button, input, textarea, a[href]')].filter((n) => n.offsetParent);
  const [first, last] = [stops[0], stops.at(-1)];
  if (event.shiftKey && document.activeElement === first) { event.preventDefault(); last.focus(); }
  else if (!event.shiftKey && document.activeElement === last) { event.preventDefault(); first.focus(); }
}
