// The drawer that shows what goes over the wire, newest first.
import { h, icon, replace } from './dom.js';
import { coalesce, get } from './api.js';

const pane = document.getElementById('wire');

const shape = (text) => {
  const form = /^[a-z_]+=/.test(text) ? Object.fromEntries(new URLSearchParams(text)) : null;
  const value = form?.payload ? JSON.parse(form.payload) : form;
  try { return JSON.stringify(value ?? JSON.parse(text), null, 2); } catch { return text; }
};

function row(e) {
  const open = pane.dataset.open === e.key;
  return h('div', { class: `wire-row${e.bad ? ' bad' : ''}` },
    h('button', { type: 'button', class: 'wire-line', 'aria-expanded': String(open), onclick: () => { pane.dataset.open = open ? '' : e.key; drawWire(); } },
      h('span', { class: `wire-way way-${e.way}` }, e.way === 'in' ? '← app' : '→ app'), h('span', { class: `wire-where${e.teams ? ' of-teams' : ''}` }, e.teams ? 'T' : 'S'), h('span', { class: 'wire-what' }, e.what), h('span', { class: 'wire-status' }, e.status), h('time', {}, e.at.slice(11, 19))),
    open && h('div', { class: 'wire-detail' }, e.detail.filter(([, text]) => text).map(([title, text]) => [h('h4', {}, title), h('pre', {}, text)])));
}

export const drawWire = coalesce(async () => {
  if (pane.hidden) return;
  const [{ deliveries, calls }, teams] = await Promise.all([get('log?last=60'), get('teams/log?last=60')]);
  const rows = [
    ...teams.deliveries.map((d) => ({ key: d.id, teams: true, way: 'out', at: d.at, what: d.type, status: d.failure ?? (d.done ? `${d.status} · ${Math.round(d.took_ms)} ms` : '…'), bad: d.failure, detail: [['Activity', shape(d.body)], ['Answer', d.answer && shape(d.answer)]] })),
    ...teams.calls.map((c, i) => ({ key: `t ${c.at} ${c.call} ${i}`, teams: true, way: 'in', at: c.at, what: c.call, status: c.status || 'broken off', bad: c.status < 200 || c.status >= 300, detail: [['Arguments', JSON.stringify(c.arguments, null, 2)], ['Answer', c.answer && JSON.stringify(c.answer, null, 2)]] })),
    ...deliveries.map((d) => ({ key: d.id, way: 'out', at: d.at, what: d.type, status: d.failure ?? (d.done ? `${d.status} · ${Math.round(d.took_ms)} ms` : '…'), bad: d.failure, detail: [['Headers', JSON.stringify(d.headers, null, 2)], ['Body', shape(d.body)], ['Answer', d.answer && shape(d.answer)]] })),
    ...calls.map((c, i) => ({ key: `${c.at} ${c.method} ${i}`, way: 'in', at: c.at, what: c.method, status: c.answer?.ok ? 'ok' : c.answer?.error ?? c.status, bad: !c.answer?.ok, detail: [['Arguments', JSON.stringify(Object.fromEntries(Object.entries(c.arguments).map(([k, v]) => { try { return [k, typeof v === 'string' && /^[[{]/.test(v) ? JSON.parse(v) : v]; } catch { return [k, v]; } })), null, 2)], ['Answer', JSON.stringify(c.answer, null, 2)]] })),
  ].sort((a, b) => (a.at < b.at ? 1 : -1));
  replace(pane, h('header', { class: 'wire-head' }, h('h3', {}, 'On the wire'), h('button', { type: 'button', class: 'btn-icon', 'aria-label': 'Close', onclick: () => { pane.hidden = true; } }, icon('close', 16))),
    rows.length ? rows.map(row) : h('p', { class: 'quiet' }, 'Nothing has been said yet.'));
});

export function toggleWire() {
  pane.hidden = !pane.hidden;
  drawWire();
}
