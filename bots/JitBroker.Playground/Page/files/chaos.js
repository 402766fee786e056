// The chaos switch: how unkind the workspace is to the app, and how often it was.
import { h, icon, replace } from './dom.js';
import { post } from './api.js';
import { toast } from './surface.js';

const pane = document.getElementById('chaos');
const groups = [
  ['On the way to the app', [
    ['drop_acks', 'Answer lost', 'Not heard, so it is sent again'],
    ['duplicate', 'Twice', 'The same delivery again, later'],
    ['reorder', 'Out of order', 'Overtaken by a younger one'],
    ['delay', 'Late', 'Arrives a moment later'],
  ]],
  ['When the app calls', [
    ['rate_limit', 'Slow down', '429 with Retry-After'],
    ['error', 'Error', '500, and nothing happened'],
    ['lose_answer', 'Answer lost', 'It happened, and the line breaks'],
    ['slow_answer', 'Answer late', 'It happened, told a moment later'],
  ]],
];
const presets = { off: 0, rough: 0.1, storm: 0.3 };
const names = groups.flatMap(([, rows]) => rows.map(([name]) => name));
const percent = (chance) => `${Math.round(chance * 100)} %`;
const inputs = new Map();
let chaos = null;
let status = null;

async function tell(changes) {
  const next = Object.fromEntries([...names, 'seed', 'delay_ms', 'retry_after', 'methods'].map((name) => [name, chaos[name]]));
  const answer = await post('faults', { chaos: { ...next, ...changes } });
  if (!answer.ok) toast(answer.error);
}

function row([name, title, note]) {
  const chance = h('output', { class: 'chaos-chance' });
  const happened = h('span', { class: 'chaos-happened', title: 'How often it has happened' });
  const range = h('input', { type: 'range', min: 0, max: 100, step: 5, class: 'chaos-range', 'data-chaos': name, 'aria-label': title,
    oninput: () => { chance.textContent = percent(range.value / 100); range.style.setProperty('--at', `${range.value}%`); },
    onchange: () => tell({ [name]: range.value / 100 }) });
  inputs.set(name, { range, chance, happened });
  return h('label', { class: 'chaos-row' }, h('span', { class: 'chaos-what' }, h('b', {}, title), h('small', {}, note)), happened, chance, range);
}

function build() {
  const seed = h('input', { type: 'number', min: 0, max: 2147483647, id: 'chaos-seed', onchange: () => tell({ seed: Number(seed.value) || 1 }) });
  inputs.set('seed', seed);
  const all = (chance) => tell(Object.fromEntries(names.map((name) => [name, chance])));
  status = h('p', { class: 'chaos-status', role: 'status' });
  replace(pane, h('header', { class: 'wire-head' }, h('h3', {}, 'Chaos'), h('button', { type: 'button', class: 'btn-icon', 'aria-label': 'Close', onclick: () => { pane.hidden = true; } }, icon('close', 16))),
    h('div', { class: 'chaos-presets', role: 'group', 'aria-label': 'How rough' },
      Object.entries(presets).map(([name, chance]) => h('button', { type: 'button', class: 'chaos-preset', 'data-preset': name, 'aria-pressed': 'false', onclick: () => all(chance) }, name[0].toUpperCase() + name.slice(1)))),
    status,
    groups.map(([title, rows]) => h('section', { class: 'chaos-group' }, h('h4', {}, title), rows.map(row))),
    h('label', { class: 'chaos-seed' }, h('span', {}, h('b', {}, 'Seed'), h('small', {}, 'Same seed, same run')), seed));
}

/** Shows the switch as the workspace has it; a slider that is being moved is left alone. */
export function drawChaos(app) {
  chaos = app.state.chaos;
  if (pane.hidden) return;
  if (!inputs.size) build();
  for (const name of names) {
    const { range, chance, happened } = inputs.get(name);
    const count = chaos.happened[name] ?? 0;
    happened.textContent = count ? `${count}×` : '';
    if (range.matches(':active')) continue;
    range.value = Math.round(chaos[name] * 100);
    range.style.setProperty('--at', `${range.value}%`);
    chance.textContent = percent(chaos[name]);
    range.closest('.chaos-row').classList.toggle('on', chaos[name] > 0);
  }
  if (document.activeElement !== inputs.get('seed')) inputs.get('seed').value = chaos.seed;
  const preset = Object.entries(presets).find(([, chance]) => names.every((name) => chaos[name] === chance))?.[0];
  for (const button of pane.querySelectorAll('[data-preset]')) button.setAttribute('aria-pressed', String(button.dataset.preset === preset));
  const sum = Object.values(chaos.happened).reduce((a, b) => a + b, 0);
  status.textContent = !chaos.on ? 'All is calm: every delivery arrives once and every call is answered.' : sum ? `${sum} ${sum === 1 ? 'thing has' : 'things have'} gone wrong so far. The app must not show it.` : 'Nothing has gone wrong yet.';
}

export function toggleChaos(app) {
  pane.hidden = !pane.hidden;
  drawChaos(app);
}
