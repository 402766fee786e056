// Interactive elements. `ctx` = { world, values, act(block, element, value), quiet(block, element, value), suggest(block, element, typed), draft(key), confirm(object) }.
import { h, icon, popup } from './dom.js';
import { plain, text } from './mrkdwn.js';
import { select } from './select.js';

const stateOf = (ctx, block, element) => ctx.values?.[block.block_id]?.[element.action_id];
export const keyOf = (block, element) => `${block.block_id}/${element.action_id}`;

/** Asks first where the element says so. */
async function act(ctx, block, element, value) {
  if (element.confirm && !(await ctx.confirm(element.confirm))) return;
  await ctx.act(block, element, value);
}

function button(ctx, block, e) {
  const node = h('button', {
    type: 'button', class: `btn ${e.style ? `btn-${e.style}` : ''}`, 'aria-label': e.accessibility_label, 'data-key': keyOf(block, e), 'data-action': e.action_id,
    onclick: async () => {
      if (e.url && /^https?:/.test(e.url)) window.open(e.url, '_blank', 'noopener,noreferrer');
      node.classList.add('busy');
      try { await act(ctx, block, e, null); } finally { node.classList.remove('busy'); }
    },
  }, plain(e.text));
  return node;
}

function overflow(ctx, block, e) {
  const node = h('button', { type: 'button', class: 'btn btn-more', 'aria-label': 'More', 'data-key': keyOf(block, e), onclick: open }, icon('dots', 18));
  return node;
  function open() {
    const panel = h('div', { class: 'panel' });
    const close = popup(panel, node, 220);
    panel.append(...e.options.map((o) => h('div', { class: 'option', role: 'menuitem', tabindex: 0, onclick: () => { close(); act(ctx, block, e, o.value); } }, plain(o.text))));
  }
}

function typed(ctx, block, e) {
  const state = stateOf(ctx, block, e);
  const key = keyOf(block, e);
  const onCharacter = block.dispatch_action && e.dispatch_action_config?.trigger_actions_on?.includes('on_character_entered');
  const field = h(e.multiline ? 'textarea' : 'input', {
    class: 'field', 'data-key': key, rows: e.multiline ? 4 : null, maxlength: e.max_length, placeholder: e.placeholder ? plain(e.placeholder) : null,
    type: e.multiline ? null : { email_text_input: 'email', url_text_input: 'url' }[e.type] ?? 'text', inputmode: e.type === 'number_input' ? 'decimal' : null, autocomplete: 'off',
    value: ctx.draft(key) ?? state?.value ?? '', id: `f-${block.block_id}`, autofocus: e.focus_on_load,
    oninput: () => ctx.typing(block, e, field.value, onCharacter),
    onkeydown: (event) => {
      if (event.key !== 'Enter' || e.multiline || event.isComposing) return;
      event.preventDefault();
      if (block.dispatch_action) ctx.act(block, e, field.value);
      else ctx.enter?.();
    },
  });
  return field;
}

function choices(ctx, block, e, type) {
  const state = stateOf(ctx, block, e);
  const on = new Set((type === 'radio' ? [state?.selected_option] : state?.selected_options ?? []).filter(Boolean).map((o) => o.value));
  const group = h('div', { class: 'choices', role: type === 'radio' ? 'radiogroup' : 'group' });
  group.append(...e.options.map((o, i) => h('label', { class: 'choice' },
    h('input', { type, name: keyOf(block, e), value: o.value, checked: on.has(o.value), 'data-key': `${keyOf(block, e)}/${i}`, onchange: changed }),
    h('span', {}, text(o.text, ctx.world), o.description && h('span', { class: 'option-about' }, text(o.description, ctx.world))))));
  return group;
  function changed() {
    const picked = [...group.querySelectorAll('input:checked')].map((i) => i.value);
    act(ctx, block, e, type === 'radio' ? picked[0] : picked);
  }
}

function picker(ctx, block, e, type, key) {
  const state = stateOf(ctx, block, e);
  const local = (s) => new Date(s * 1000 - new Date(s * 1000).getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  const now = state?.[key];
  const field = h('input', {
    class: 'field picker', type, 'data-key': keyOf(block, e), value: now ? (type === 'datetime-local' ? local(now) : now) : '', id: `f-${block.block_id}`,
    onchange: () => act(ctx, block, e, !field.value ? null : type === 'datetime-local' ? Math.floor(new Date(field.value).valueOf() / 1000) : field.value),
  });
  return field;
}

function chooser(ctx, block, e) {
  const several = e.type.startsWith('multi_');
  const state = stateOf(ctx, block, e);
  const chosen = several ? state?.selected_options ?? [] : [state?.selected_option].filter(Boolean);
  const load = e.type.endsWith('external_select') ? (value) => ctx.suggest(block, e, value) : null;
  const pick = (option) => {
    if (!several) return act(ctx, block, e, option);
    const rest = chosen.filter((c) => c.value !== option.value);
    return act(ctx, block, e, rest.length < chosen.length ? rest : [...rest, option]);
  };
  return select({ element: e, load, chosen, pick, several, key: keyOf(block, e) });
}

/** users, conversations and channels: the options are the workspace's own. */
function ids(ctx, block, e) {
  const several = e.type.startsWith('multi_');
  const [kind] = /users|conversations|channels/.exec(e.type);
  const stateKey = `selected_${several ? kind : kind.slice(0, -1)}`;
  const option = (id) => ({ text: { text: kind === 'users' ? ctx.world.person(id)?.name ?? id : `#${ctx.world.channel(id)?.name ?? id}` }, value: id });
  const all = kind === 'users' ? ctx.world.people.map((p) => p.id) : ctx.world.channels.map((c) => c.id);
  const now = [stateOf(ctx, block, e)?.[stateKey] ?? []].flat();
  const pick = (o) => act(ctx, block, e, !several ? o.value : now.includes(o.value) ? now.filter((n) => n !== o.value) : [...now, o.value]);
  return select({ element: { ...e, options: all.map(option) }, load: null, chosen: now.map(option), pick, several, key: keyOf(block, e) });
}

export function element(ctx, block, e) {
  switch (e.type) {
    case 'button': return button(ctx, block, e);
    case 'overflow': return overflow(ctx, block, e);
    case 'image': return picture(e, 'thumb');
    case 'static_select': case 'multi_static_select': case 'external_select': case 'multi_external_select': return chooser(ctx, block, e);
    case 'radio_buttons': return choices(ctx, block, e, 'radio');
    case 'checkboxes': return choices(ctx, block, e, 'checkbox');
    case 'datepicker': return picker(ctx, block, e, 'date', 'selected_date');
    case 'timepicker': return picker(ctx, block, e, 'time', 'selected_time');
    case 'datetimepicker': return picker(ctx, block, e, 'datetime-local', 'selected_date_time');
    case 'plain_text_input': case 'email_text_input': case 'url_text_input': case 'number_input': return typed(ctx, block, e);
    default: return /(users|conversations|channels)_select$/.test(e.type) ? ids(ctx, block, e) : h('span', { class: 'quiet' }, `(${e.type})`);
  }
}

/** Pictures are not fetched from elsewhere; their words stand in for them. */
export function picture(e, kind) {
  return h('span', { class: `picture picture-${kind}`, role: 'img', 'aria-label': e.alt_text, title: e.alt_text }, kind === 'thumb' ? '🖼' : e.alt_text);
}
