// What elements do: tells the control API, keeps what is typed, says when the app fails.
import { h, icon } from './dom.js';
import { post } from './api.js';
import { keyOf } from './elements.js';
import { plain, text } from './mrkdwn.js';

export function toast(message) {
  const node = h('div', { class: 'toast' }, icon('warn', 18), message);
  document.getElementById('toasts').append(node);
  setTimeout(() => node.remove(), 6000);
}

const sentences = {
  operation_timeout: 'The app did not answer within three seconds.',
  connection_failed: 'The app did not respond: nothing listens at its address.',
  not_connected: 'No app is connected to this workspace yet.',
  http_error: 'The app answered with an error.',
};

export const explain = (error) => sentences[error] ?? error;

/** Slack's confirmation dialog; true when the reader goes on. */
export function confirm(object, world) {
  return new Promise((done) => {
    const dialog = h('dialog', { class: 'confirm' },
      h('h2', {}, plain(object.title)), h('div', { class: 'b-text' }, text(object.text, world)),
      h('div', { class: 'modal-foot' },
        h('button', { type: 'button', class: 'btn', onclick: () => dialog.close('no') }, plain(object.deny)),
        h('button', { type: 'button', class: `btn btn-${object.style ?? 'primary'}`, onclick: () => dialog.close('yes') }, plain(object.confirm))));
    dialog.addEventListener('close', () => { dialog.remove(); done(dialog.returnValue === 'yes'); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/**
 * A context for blocks on one surface. `at` says which: { view_id } or { conversation, ts }. `drafts` outlives redraws: what was typed and not yet told.
 */
export function surface({ app, at, values, errors, drafts = new Map(), enter }) {
  const body = (block, e, value) => ({ person: app.person, ...at, block_id: block.block_id, action_id: e.action_id, value });
  const pending = drafts.pending ??= new Map();

  async function flush() {
    const waiting = [...pending.values()];
    pending.clear();
    for (const { timer, send } of waiting) { clearTimeout(timer); await send(); }
  }

  return {
    world: app.world, values, errors, drafts, flush, enter,
    confirm: (object) => confirm(object, app.world),
    draft: (key) => drafts.get(key),
    suggest: async (block, e, value) => { await flush(); return post('suggest', body(block, e, value)); },
    async act(block, e, value) {
      await flush();
      const answer = await post('act', body(block, e, value));
      if (!answer.ok) toast(explain(answer.error));
    },
    typing(block, e, value, dispatch) {
      const key = keyOf(block, e);
      drafts.set(key, value);
      clearTimeout(pending.get(key)?.timer);
      const send = () => post('act', { ...body(block, e, value), quiet: !dispatch });
      pending.set(key, { send, timer: setTimeout(() => { pending.delete(key); send(); }, 300) });
    },
  };
}
