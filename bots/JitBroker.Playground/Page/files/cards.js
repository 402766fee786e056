// Adaptive Cards as Teams shows them: the elements that our bot uses. ctx = { world, card, entered, drafts, errors, opened, changed(id, value), act(index) }.
import { h, icon } from './dom.js';
import { input } from './card-inputs.js';
import { markdown, moments } from './markdown.js';

const list = (value) => (Array.isArray(value) ? value : value && typeof value === 'object' ? [value] : []);

/** Everything that stands in these elements, boxes first. */
function* within(items) {
  for (const e of list(items)) {
    yield e;
    yield* within(e.items);
    yield* within(e.columns);
  }
}

/** The actions of a card in the order in which the control API counts them. */
function* actionsOf(card) {
  const own = [...[...within(card.body)].flatMap((e) => [...list(e.actions), ...list(e.selectAction), ...list(e.inlineAction)]), ...list(card.actions), ...list(card.selectAction)];
  for (const action of own) {
    yield action;
    if (action.card) yield* actionsOf(action.card);
  }
}

/** What was typed and not sent yet. */
export const values = (drafts) => Object.fromEntries(drafts);

const low = (word) => (word ?? '').toLowerCase();
const classes = (...names) => names.filter(Boolean).join(' ');
const wording = (e) => classes(e.size && `c-size-${low(e.size)}`, e.weight && `c-weight-${low(e.weight)}`, e.color && `c-color-${low(e.color)}`, e.isSubtle && 'c-subtle', low(e.fontType) === 'monospace' && 'c-mono');
const side = (e) => e.horizontalAlignment && `c-align-${low(e.horizontalAlignment)}`;

function textBlock(ctx, e) {
  const heading = low(e.style) === 'heading';
  return h('div', { class: classes('c-text', wording(e), side(e), heading && 'c-heading', e.wrap === true ? null : 'c-nowrap'), role: heading ? 'heading' : null, 'aria-level': heading ? 3 : null }, markdown(e.text ?? '', ctx.declared));
}

function richText(ctx, e) {
  return h('div', { class: classes('c-text c-rich', side(e)) }, list(e.inlines).map((run) => {
    if (typeof run === 'string') return run;
    return h('span', { class: classes(wording(run), run.italic && 'c-italic', run.strikethrough && 'c-strike', run.underline && 'c-underline', run.highlight && 'c-highlight') }, moments(run.text ?? ''));
  }));
}

function factSet(ctx, e) {
  return h('dl', { class: 'c-facts' }, list(e.facts).map((f) => [h('dt', {}, markdown(f.title, ctx.declared)), h('dd', {}, markdown(f.value, ctx.declared))]));
}

function column(ctx, c) {
  const width = c.width === undefined || c.width === 'stretch' ? '1 1 0' : c.width === 'auto' ? '0 0 auto' : typeof c.width === 'number' || /^\d+$/.test(c.width) ? `${c.width} 1 0` : `0 0 ${c.width}`;
  return h('div', { class: classes('c-column', c.style && `c-style-${low(c.style)}`, c.verticalContentAlignment && `c-valign-${low(c.verticalContentAlignment)}`), vars: { flex: width } }, elements(ctx, c.items));
}

function picture(e) {
  // pictures are not fetched from elsewhere; their words stand in for them
  return h('span', { class: 'c-image', role: 'img', 'aria-label': e.altText ?? '' }, e.altText || '🖼');
}

function build(ctx, e) {
  switch (e.type) {
    case 'TextBlock': return textBlock(ctx, e);
    case 'RichTextBlock': return richText(ctx, e);
    case 'FactSet': return factSet(ctx, e);
    case 'Image': return picture(e);
    case 'Container': return h('div', { class: classes('c-container', e.style && `c-style-${low(e.style)}`, e.bleed && 'c-bleed') }, elements(ctx, e.items));
    case 'ColumnSet': return h('div', { class: classes('c-columns', e.style && `c-style-${low(e.style)}`) }, list(e.columns).map((c) => column(ctx, c)));
    case 'ActionSet': return actions(ctx, e.actions);
    default: return e.type?.startsWith('Input.') ? input(ctx, e) : h('div', { class: 'quiet' }, `(${e.type})`);
  }
}

function elements(ctx, items) {
  return list(items).map((e, i) => {
    const node = build(ctx, e);
    if (e.id) node.dataset.element = e.id;
    if (e.isVisible === false && !ctx.opened.get(`element ${e.id}`)) node.hidden = true;
    if (i > 0) node.classList.add(`c-space-${low(e.spacing) || 'default'}`);
    if (i > 0 && e.separator) node.classList.add('c-separated');
    return node;
  });
}

function button(ctx, action, panel) {
  const style = low(action.style);
  const isShow = action.type === 'Action.ShowCard';
  const key = `show ${ctx.index(action)}`;
  const node = h('button', {
    type: 'button', class: classes('t-btn', style === 'positive' && 't-btn-positive', style === 'destructive' && 't-btn-destructive', isShow && ctx.opened.get(key) && 'pressed'),
    title: action.tooltip, disabled: action.isEnabled === false, 'data-verb': action.verb ?? action.data?.verb, 'aria-expanded': isShow ? String(Boolean(ctx.opened.get(key))) : null,
    onclick: async () => {
      if (isShow) return panel(action, key, node);
      if (action.type === 'Action.OpenUrl') return ctx.world.follow?.(action.url) || (/^https?:/.test(action.url) && window.open(action.url, '_blank', 'noopener,noreferrer'));
      if (action.type === 'Action.ToggleVisibility') return toggle(ctx, node, action);
      node.classList.add('busy');
      try { await ctx.act(ctx.index(action)); } finally { node.classList.remove('busy'); }
    },
  }, action.title, isShow && icon('down', 13), action.data?.msteams?.type === 'task/fetch' && h('span', { class: 't-opens', 'aria-hidden': 'true' }, '↗'));
  return node;
}

function toggle(ctx, node, action) {
  for (const target of list(action.targetElements)) {
    const [id, on] = typeof target === 'string' ? [target, null] : [target.elementId, target.isVisible ?? null];
    const element = node.closest('.card')?.querySelector(`[data-element="${CSS.escape(id)}"]`);
    if (!element) continue;
    element.hidden = on === null ? !element.hidden : !on;
    ctx.opened.set(`element ${id}`, !element.hidden);
  }
}

/** A row of buttons; a card that one of them shows unfolds under it. */
export function actions(ctx, all) {
  const under = h('div', { class: 'c-shown', hidden: true });
  const row = h('div', { class: 'c-actions' });
  const show = (action) => { under.hidden = false; under.replaceChildren(body(ctx, action.card)); };
  row.append(...list(all).map((action) => button(ctx, action, (shown, key, node) => {
    const isOpen = ctx.opened.get(key);
    for (const other of list(all)) ctx.opened.delete(`show ${ctx.index(other)}`);
    for (const b of row.children) { b.classList.remove('pressed'); if (b.ariaExpanded) b.ariaExpanded = 'false'; }
    under.hidden = true;
    under.replaceChildren();
    if (isOpen) return;
    ctx.opened.set(key, true);
    node.classList.add('pressed');
    node.ariaExpanded = 'true';
    show(shown);
  })));
  const open = list(all).find((a) => a.type === 'Action.ShowCard' && ctx.opened.get(`show ${ctx.index(a)}`));
  if (open) show(open);
  return h('div', { class: 'c-action-set' }, row, under);
}

const body = (ctx, json) => h('div', { class: 'c-body' }, elements(ctx, json.body), list(json.actions).length > 0 && actions(ctx, json.actions));

function prepared(ctx, json) {
  const all = [...actionsOf(json)];
  return { ...ctx, index: (action) => all.indexOf(action), declared: new Set(list(json.msteams?.entities).map((e) => e.text)) };
}

/** A whole card. */
export const card = (ctx, json) => h('div', { class: classes('card', low(json.msteams?.width) === 'full' && 'card-full') }, body(prepared(ctx, json), json));

/** A card in two parts, for a dialog: what it shows, and its buttons. */
export function parts(ctx, json) {
  const ready = prepared(ctx, json);
  return [h('div', { class: 'card c-body' }, elements(ready, json.body)), list(json.actions).length > 0 ? actions(ready, json.actions) : null];
}
