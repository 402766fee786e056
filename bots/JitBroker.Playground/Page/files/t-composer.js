// Where one types in Teams: in a channel the bot is mentioned unless one takes the mention away; its commands stand above, as Teams offers them.
import { h, icon, replace } from './dom.js';
import { post } from './api.js';
import { explain, toast } from './surface.js';

const history = JSON.parse(sessionStorage.getItem('t-history') ?? '[]');

export function makeTeamsComposer(app) {
  let at = history.length;
  let chat = null;
  let thread = null;
  let mention = true;
  const field = h('textarea', { id: 't-say', rows: 1, 'aria-label': 'Message in Teams', autocomplete: 'off', spellcheck: 'true', oninput: changed, onkeydown: keys });
  const button = h('button', { type: 'button', class: 't-send', 'aria-label': 'Send in Teams', disabled: true, onclick: send }, icon('send', 18));
  const chip = h('button', { type: 'button', class: 't-at', onclick: () => { mention = !mention; changed(); field.focus(); } });
  const reply = h('div', { class: 't-replying', hidden: true });
  const commands = h('div', { class: 't-commands', role: 'group', 'aria-label': 'Commands' });
  replace(document.getElementById('t-composer'), commands, reply, h('div', { class: 't-box' }, chip, field, button));

  return {
    draw(now) {
      if (chat?.id !== now.id) { thread = null; mention = true; }
      chat = now;
      const known = JSON.stringify([app.teams.app.commands, app.teams.app.extensions]);
      if (commands.dataset.known !== known) {
        commands.dataset.known = known;
        replace(commands, app.teams.app.extensions.filter((e) => !e.on_message).map((e) => h('button', { type: 'button', class: 't-command t-extension', 'data-extension': e.id, onclick: () => begin(e) }, icon('bolt', 13), e.title)),
          app.teams.app.commands.map((c) => h('button', { type: 'button', class: 't-command', title: c.description, onclick: () => { put(`${c.title} `); field.focus(); } }, c.title)));
      }
      changed();
    },
    replyTo(root) { thread = root; changed(); field.focus(); },
  };

  async function begin(extension) {
    const answer = await post('teams/extension', { person: app.tenant.me, conversation: chat.id, command: extension.id });
    if (answer.shown !== 'dialog') toast(answer.text ?? explain(answer.error));
  }

  function changed() {
    const channel = chat?.kind === 'channel';
    field.placeholder = 'Type a message';
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight, 160)}px`;
    button.disabled = !field.value.trim();
    chip.hidden = !channel;
    chip.textContent = `@${app.teams.app.name}`;
    chip.classList.toggle('off', !mention);
    chip.title = mention ? 'The bot is mentioned and hears this' : 'The bot does not hear this';
    chip.setAttribute('aria-pressed', String(mention));
    reply.hidden = !thread;
    if (thread) replace(reply, 'In the thread', h('button', { type: 'button', class: 'btn-icon', 'aria-label': 'Not in the thread', onclick: () => { thread = null; changed(); } }, icon('close', 13)));
  }

  function put(text) {
    field.value = text;
    changed();
    field.setSelectionRange(text.length, text.length);
  }

  function keys(event) {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
    else if (event.key === 'ArrowUp' && at > 0 && (!field.value || at < history.length)) { event.preventDefault(); put(history[--at]); }
    else if (event.key === 'ArrowDown' && at < history.length) { event.preventDefault(); put(history[++at] ?? ''); }
  }

  async function send() {
    const typed = field.value.trim();
    if (!typed) return;
    if (history.at(-1) !== typed) history.push(typed);
    sessionStorage.setItem('t-history', JSON.stringify(history.slice(-50)));
    at = history.length;
    const name = `@${app.teams.app.name}`;
    const text = chat.kind === 'channel' && mention && !typed.includes(name) ? `${name} ${typed}` : typed;
    const into = thread;
    thread = null;
    put('');
    const answer = await post('teams/say', { person: app.tenant.me, conversation: chat.id, text, ...(into ? { thread: into } : {}) });
    if (!answer.ok) toast(explain(answer.error));
  }
}
