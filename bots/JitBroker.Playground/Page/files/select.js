// Selects: one panel for static and live options, with search, by mouse and keyboard.
import { h, icon, popup, replace } from './dom.js';
import { plain } from './mrkdwn.js';

const groupsOf = (e) => e.option_groups ?? [{ label: null, options: e.options ?? [] }];

/**
 * @param load null for static options, or async (typed) => element-like { options | option_groups, error }.
 * @param chosen the selected options, as the wire has them.
 * @param pick called with the whole option.
 */
export function select({ element, load, chosen, pick, several = false, key }) {
  const label = () => {
    if (!chosen.length) return h('span', { class: 'placeholder' }, element.placeholder ? plain(element.placeholder) : 'Choose…');
    return h('span', { class: 'chosen' }, chosen.map((o) => (several ? h('span', { class: 'chip' }, plain(o.text)) : plain(o.text))));
  };
  const button = h('button', { type: 'button', class: 'select', 'aria-haspopup': 'listbox', 'data-key': key, onclick: open }, label(), icon('down', 14));
  return button;

  function open() {
    const list = h('div', { class: 'options', role: 'listbox' });
    const search = h('input', { class: 'search', type: 'text', placeholder: load ? 'Type to search' : 'Find', 'aria-label': 'Search options', autocomplete: 'off', oninput: refresh, onkeydown: keys });
    const searchable = load || groupsOf(element).flatMap((g) => g.options).length > 8;
    const panel = h('div', { class: 'panel' }, searchable && h('div', { class: 'search-row' }, icon('search', 15), search), list);
    const close = popup(panel, button, Math.max(button.offsetWidth, 280));
    let active = -1;
    let turn = 0;
    let wait = 0;
    panel.tabIndex = -1;
    panel.addEventListener('keydown', (event) => { if (event.target === panel) keys(event); });
    (searchable ? search : panel).focus();
    refresh();

    function rows() { return [...list.querySelectorAll('[role=option]')]; }

    function keys(event) {
      const all = rows();
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        active = (active + (event.key === 'ArrowDown' ? 1 : -1) + all.length) % Math.max(all.length, 1);
        all.forEach((row, i) => row.classList.toggle('active', i === active));
        all[active]?.scrollIntoView({ block: 'nearest' });
      } else if (event.key === 'Enter') {
        event.preventDefault();
        all[Math.max(active, 0)]?.click();
      }
    }

    function refresh() {
      const typed = search.value.trim();
      if (!load) {
        const fits = (o) => plain(o.text).toLowerCase().includes(typed.toLowerCase());
        show(groupsOf(element).map((g) => ({ ...g, options: g.options.filter(fits) })), 'Nothing like that');
        return;
      }
      const mine = ++turn;
      clearTimeout(wait);
      if (typed.length < (element.min_query_length ?? 3)) { show([], `Type at least ${element.min_query_length ?? 3} characters`); return; }
      if (!rows().length) replace(list, h('div', { class: 'quiet' }, 'Looking…'));
      wait = setTimeout(async () => {
        const found = await load(typed);
        if (mine !== turn) return;
        show(found.error ? [] : groupsOf(found), found.error ? 'The app did not answer' : 'Nothing found');
      }, 120);
    }

    function show(groups, none) {
      active = -1;
      const any = groups.some((g) => g.options.length);
      replace(list, any ? groups.filter((g) => g.options.length).map((g) => [g.label && h('div', { class: 'group' }, plain(g.label)), g.options.map(row)]) : h('div', { class: 'quiet' }, none));
    }

    function row(option) {
      const on = chosen.some((c) => c.value === option.value);
      return h('div', { role: 'option', class: 'option', 'aria-selected': String(on), onclick: () => { close(); button.focus(); pick(option); } },
        h('div', { class: 'option-text' }, plain(option.text), option.description && h('div', { class: 'option-about' }, plain(option.description))), on && icon('check', 16));
    }
  }
}
