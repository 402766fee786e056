// The inputs of Adaptive Cards. What is typed stays in ctx.drafts until it is sent.
import { h } from './dom.js';

export function input(ctx, e) {
  const error = ctx.errors?.[e.id];
  const field = fieldOf(ctx, e);
  return h('div', { class: `c-input${error ? ' has-error' : ''}`, 'data-input': e.id },
    e.label && h('label', { class: 'c-label', for: `i-${e.id}` }, e.label, e.isRequired && h('span', { class: 'c-required', 'aria-hidden': 'true' }, ' *')), field,
    error && h('div', { class: 'b-error', role: 'alert' }, error));
}

const valueOf = (ctx, e) => ctx.drafts.get(e.id) ?? ctx.entered[e.id] ?? e.value ?? '';

function fieldOf(ctx, e) {
  const set = (value) => { ctx.drafts.set(e.id, value); };
  const told = (value) => { set(value); ctx.changed(e.id, value); };
  const common = (node) => ({ id: `i-${e.id}`, 'data-key': e.id, placeholder: e.placeholder, required: e.isRequired, oninput: () => set(node().value), onchange: () => told(node().value) });
  let node;
  switch (e.type) {
    case 'Input.Text':
      node = h(e.isMultiline ? 'textarea' : 'input', { class: 'field', type: e.isMultiline ? null : { tel: 'tel', url: 'url', email: 'email' }[(e.style ?? '').toLowerCase()] ?? 'text', rows: e.isMultiline ? 3 : null, maxlength: e.maxLength, value: valueOf(ctx, e), autocomplete: 'off', ...common(() => node) });
      return node;
    case 'Input.Number':
      node = h('input', { class: 'field picker', type: 'number', min: e.min, max: e.max, value: valueOf(ctx, e), ...common(() => node) });
      return node;
    case 'Input.Date': case 'Input.Time':
      node = h('input', { class: 'field picker', type: e.type === 'Input.Date' ? 'date' : 'time', min: e.min, max: e.max, value: valueOf(ctx, e), ...common(() => node) });
      return node;
    case 'Input.Toggle': return toggle(ctx, e, told);
    case 'Input.ChoiceSet': return choices(ctx, e, set, told);
    default: return h('span', { class: 'quiet' }, `(${e.type})`);
  }
}

function toggle(ctx, e, told) {
  const [on, off] = [e.valueOn ?? 'true', e.valueOff ?? 'false'];
  const box = h('input', { type: 'checkbox', id: `i-${e.id}`, 'data-key': e.id, checked: valueOf(ctx, e) === on, onchange: () => told(box.checked ? on : off) });
  return h('label', { class: 'choice' }, box, h('span', {}, e.title));
}

function choices(ctx, e, set, told) {
  const now = String(valueOf(ctx, e)).split(e.isMultiSelect ? ',' : '\u0000').filter(Boolean);
  const style = (e.style ?? 'compact').toLowerCase();
  if (style === 'expanded' || e.isMultiSelect) {
    const group = h('div', { class: 'choices', role: e.isMultiSelect ? 'group' : 'radiogroup' });
    const changed = () => told([...group.querySelectorAll('input:checked')].map((i) => i.value).join(','));
    group.append(...(e.choices ?? []).map((c) => h('label', { class: 'choice' },
      h('input', { type: e.isMultiSelect ? 'checkbox' : 'radio', name: `i-${e.id}`, value: c.value, checked: now.includes(c.value), onchange: changed }), h('span', {}, c.title))));
    return group;
  }
  if (style === 'filtered') return filtered(e, now[0], told);
  const node = h('select', { class: 'field t-select', id: `i-${e.id}`, 'data-key': e.id, onchange: () => told(node.value) },
    (!now.length || !(e.choices ?? []).some((c) => c.value === now[0])) && h('option', { value: '', disabled: e.isRequired, selected: true }, e.placeholder ?? 'Choose…'),
    (e.choices ?? []).map((c) => h('option', { value: c.value, selected: c.value === now[0] }, c.title)));
  return node;
}

/** Type to search; what is typed and is no choice is nothing. */
function filtered(e, now, told) {
  const titleOf = (value) => e.choices?.find((c) => c.value === value)?.title ?? '';
  const panel = h('div', { class: 't-choices', role: 'listbox', hidden: true });
  const field = h('input', { class: 'field', type: 'text', id: `i-${e.id}`, 'data-key': e.id, role: 'combobox', 'aria-expanded': 'false', autocomplete: 'off', placeholder: e.placeholder ?? 'Type to search', value: titleOf(now), oninput: show, onclick: () => { field.select(); show(); }, onblur: leave, onkeydown: keys });
  let active = 0;
  return h('div', { class: 't-filtered' }, field, panel);

  function found() {
    const typed = field.value.trim().toLowerCase();
    const all = e.choices ?? [];
    return typed === '' || typed === titleOf(now).toLowerCase() ? all : all.filter((c) => c.title.toLowerCase().includes(typed));
  }

  function show() {
    const all = found();
    active = Math.min(active, Math.max(all.length - 1, 0));
    panel.replaceChildren(...(all.length ? all.map((c, i) => h('div', { class: `option${i === active ? ' active' : ''}`, role: 'option', 'aria-selected': String(c.value === now), onpointerdown: (event) => { event.preventDefault(); pick(c); } }, c.title)) : [h('div', { class: 'quiet' }, 'Nothing like that')]));
    panel.hidden = false;
    field.ariaExpanded = 'true';
  }

  function pick(choice) {
    now = choice.value;
    field.value = choice.title;
    hide();
    told(now);
  }

  function hide() { panel.hidden = true; field.ariaExpanded = 'false'; }

  function leave() {
    hide();
    field.value = titleOf(now);
  }

  function keys(event) {
    const all = found();
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { event.preventDefault(); active = (active + (event.key === 'ArrowDown' ? 1 : -1) + all.length) % Math.max(all.length, 1); show(); panel.children[active]?.scrollIntoView({ block: 'nearest' }); }
    else if (event.key === 'Enter' && !panel.hidden && all[active]) { event.preventDefault(); pick(all[active]); }
    else if (event.key === 'Escape' && !panel.hidden) { event.stopPropagation(); leave(); }
  }
}
