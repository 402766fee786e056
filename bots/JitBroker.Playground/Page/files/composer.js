// Where one types: messages, slash commands with a hint, and what was sent before by arrow up.
import { avatar, h, icon, replace } from './dom.js';
import { post } from './api.js';
import { explain, toast } from './surface.js';

const history = JSON.parse(sessionStorage.getItem('history') ?? '[]');

/** Builds the composer once; `app` says who types where. */
export function makeComposer(app) {
  let at = history.length;
  let active = 0;
  const hints = h('div', { class: 'hints', role: 'listbox', hidden: true });
  const field = h('textarea', { id: 'say', rows: 1, 'aria-label': 'Message', autocomplete: 'off', spellcheck: 'true', oninput: changed, onkeydown: keys });
  const button = h('button', { type: 'button', class: 'send', 'aria-label': 'Send', disabled: true, onclick: send }, icon('send', 18));
  const note = h('div', { class: 'composer-note' }, h('b', {}, 'Enter'), ' to send · ', h('b', {}, '↑'), ' for what you sent before · ', h('b', {}, '/'), ' for commands');
  replace(document.getElementById('composer'), hints, h('div', { class: 'composer-box' }, h('div', { class: 'composer-row' }, field, button)), note);
  return { field, retitle: (name) => { field.placeholder = name; } };

  function offers() {
    const typed = field.value;
    if (!typed.startsWith('/') || typed.includes('\n')) return [];
    const word = typed.split(/\s/)[0];
    return app.state.app.commands.filter((c) => (typed.includes(' ') ? c.command === word : c.command.startsWith(word)));
  }

  function changed() {
    if (!field.value) at = history.length;
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight, 180)}px`;
    button.disabled = !field.value.trim();
    const found = offers();
    active = Math.min(active, Math.max(found.length - 1, 0));
    hints.hidden = !found.length;
    replace(hints, found.length && h('div', { class: 'hints-head' }, 'Commands'), found.map((c, i) => h('div', { class: `hint${i === active ? ' active' : ''}`, role: 'option', onclick: () => complete(c) },
      avatar(null, 28), h('div', {}, h('div', {}, h('b', {}, c.command), ' ', h('span', { class: 'usage' }, c.usage_hint)), h('div', { class: 'option-about' }, c.description)))));
  }

  function complete(command) {
    field.value = `${command.command} `;
    field.focus();
    changed();
  }

  function put(text) {
    field.value = text;
    changed();
    field.setSelectionRange(text.length, text.length);
  }

  function keys(event) {
    const found = offers();
    const completing = found.length && !field.value.includes(' ');
    if (event.key === 'Tab' && completing) { event.preventDefault(); complete(found[active]); }
    else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
    else if (event.key === 'Escape') hints.hidden = true;
    else if (event.key === 'ArrowUp' && completing && found.length > 1) { event.preventDefault(); active = (active + found.length - 1) % found.length; changed(); }
    else if (event.key === 'ArrowDown' && completing && found.length > 1) { event.preventDefault(); active = (active + 1) % found.length; changed(); }
    else if (event.key === 'ArrowUp' && at > 0 && (!field.value || at < history.length)) { event.preventDefault(); put(history[--at]); }
    else if (event.key === 'ArrowDown' && at < history.length) { event.preventDefault(); put(history[++at] ?? ''); }
  }

  async function send() {
    const text = field.value.trim();
    if (!text) return;
    if (history.at(-1) !== text) history.push(text);
    sessionStorage.setItem('history', JSON.stringify(history.slice(-50)));
    at = history.length;
    put('');
    const answer = await post('say', { person: app.person, conversation: app.conversation, text });
    if (!answer.ok && answer.status === undefined && answer.error !== 'unknown_command') toast(explain(answer.error));
  }
}
