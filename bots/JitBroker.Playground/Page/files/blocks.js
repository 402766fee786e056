// Block Kit as the reader sees it.
import { h } from './dom.js';
import { mrkdwn, plain, richText, text } from './mrkdwn.js';
import { element, picture } from './elements.js';

function section(ctx, b) {
  return h('div', { class: 'b-section' },
    h('div', { class: 'b-section-main' },
      b.text && h('div', { class: 'b-text' }, text(b.text, ctx.world)),
      b.fields && h('div', { class: 'b-fields' }, b.fields.map((f) => h('div', { class: 'b-text' }, text(f, ctx.world))))),
    b.accessory && h('div', { class: 'b-accessory' }, element(ctx, b, b.accessory)));
}

function input(ctx, b) {
  const error = ctx.errors?.[b.block_id];
  return h('div', { class: `b-input${error ? ' has-error' : ''}`, 'data-block': b.block_id },
    h('label', { class: 'b-label', for: `f-${b.block_id}` }, plain(b.label), b.optional && h('span', { class: 'b-optional' }, ' (optional)')),
    element(ctx, b, b.element),
    error && h('div', { class: 'b-error', role: 'alert' }, error),
    b.hint && h('div', { class: 'b-hint' }, plain(b.hint)));
}

function context(ctx, b) {
  return h('div', { class: 'b-context' }, b.elements.map((e) => (e.type === 'image' ? picture(e, 'tiny') : h('span', { class: 'b-text' }, text(e, ctx.world)))));
}

export function block(ctx, b) {
  switch (b.type) {
    case 'section': return section(ctx, b);
    case 'header': return h('div', { class: 'b-header', role: 'heading', 'aria-level': 3 }, plain(b.text));
    case 'divider': return h('hr', { class: 'b-divider' });
    case 'context': return context(ctx, b);
    case 'actions': return h('div', { class: 'b-actions' }, b.elements.map((e) => element(ctx, b, e)));
    case 'input': return input(ctx, b);
    case 'image': return h('figure', { class: 'b-image' }, b.title && h('figcaption', {}, plain(b.title)), picture(b, 'large'));
    case 'rich_text': return richText(b, ctx.world);
    case 'markdown': return h('div', { class: 'b-text' }, mrkdwn(b.text, ctx.world));
    default: return h('div', { class: 'quiet' }, `(${b.type})`);
  }
}

export const blocks = (ctx, list) => h('div', { class: 'blocks' }, (list ?? []).map((b) => block(ctx, b)));
