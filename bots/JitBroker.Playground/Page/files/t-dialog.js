// The dialog that a card's button opened.
import { avatar, h, icon, replace } from './dom.js';
import { post } from './api.js';
import { parts, values } from './cards.js';
import { explain, toast } from './surface.js';

const root = document.getElementById('t-dialogs');
const drafts = new Map();
const opened = new Map();
let drawn = '';
let shownStep = null;
let dismiss = null;

document.addEventListener('keydown', (event) => { if (event.key === 'Escape' && root.firstChild && !document.querySelector('#modals > *')) dismiss?.(); });

/** Redraws when the dialog changed; what is typed stays through a redraw of the same step. */
export function drawDialog(app, dialog) {
  const key = dialog ? JSON.stringify([app.tenant.me, dialog]) : '';
  if (key === drawn) return;
  const step = dialog && `${app.tenant.me} ${dialog.step} ${JSON.stringify(dialog.card)}`;
  const same = Boolean(root.firstChild) && shownStep === step;
  if (!same) { drafts.clear(); opened.clear(); }
  const wasOpen = Boolean(root.firstChild);
  drawn = key;
  if (!dialog) { replace(root); dismiss = null; return; }
  const focus = document.activeElement?.dataset?.key;
  const scroll = root.querySelector('.modal-body')?.scrollTop ?? 0;
  const node = overlay(app, dialog, !wasOpen);
  shownStep = step;
  replace(root, node);
  root.querySelector('.modal-body').scrollTop = same ? scroll : 0;
  const at = (same && focus && root.querySelector(`[data-key="${CSS.escape(focus)}"]`)) || root.querySelector('.has-error [data-key]') || root.querySelector('[data-key]') || root.querySelector('.t-dialog');
  at.focus({ preventScroll: same });
  root.querySelector('.has-error')?.scrollIntoView({ block: 'nearest' });
}

function overlay(app, dialog, fresh) {
  const at = { person: app.tenant.me };
  const close = () => post('teams/close', at);
  dismiss = close;
  const ctx = {
    world: app.tenant, card: dialog.card, entered: dialog.inputs, drafts, errors: dialog.errors, opened,
    changed: (id, value) => post('teams/dialog', { ...at, inputs: { [id]: value } }),
    async act(index) {
      const answer = await post('teams/submit', { ...at, index, inputs: values(drafts) });
      if (!answer.ok && !answer.errors && !answer.shown) toast(explain(answer.error));
    },
  };
  const [shown, buttons] = parts(ctx, dialog.card);
  const height = { small: 320, medium: 480, large: 640 }[dialog.height] ?? (Number(dialog.height) || 480);
  const width = { small: 480, medium: 560, large: 720 }[dialog.width] ?? (Number(dialog.width) || 560);
  return h('div', { class: `overlay${fresh ? ' fresh' : ''}` },
    h('div', { class: 'modal t-dialog', role: 'dialog', 'aria-modal': 'true', 'aria-label': dialog.title, tabindex: -1, vars: { '--wide': `${width}px`, '--high': `${height}px` } },
      h('div', { class: 'modal-head' }, avatar(app.tenant.person(app.tenant.app.id), 26), h('h2', {}, dialog.title), h('button', { type: 'button', class: 'btn-icon', 'aria-label': 'Close', onclick: close }, icon('close'))),
      h('div', { class: 'modal-body' }, shown),
      (buttons || dialog.notice) && h('div', { class: 'modal-foot' }, dialog.notice && h('div', { class: 'modal-notice', role: 'alert' }, icon('warn', 16), dialog.notice), buttons)));
}
