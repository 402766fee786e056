'use strict';
// Everything here only makes the page nicer: without it the page shows UTC, the reader marks text himself, and presses a button to go on.
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  // The broker's clock decides; the reader's may be off.
  const skew = Date.parse(document.body.dataset.now) - Date.now();
  const now = () => Date.now() + skew;
  const revealed = document.getElementById('revealed');

  // Times in the reader's own zone.
  for (const time of all('time')) {
    const at = new Date(time.dateTime);
    const today = at.toDateString() === new Date(now()).toDateString();
    time.title = time.textContent;
    time.textContent = at.toLocaleString(undefined, today ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' });
  }

  // Countdowns.
  const words = (ms) => {
    const s = Math.ceil(ms / 1000), h = Math.floor(s / 3600), m = Math.floor((s % 3600) / 60), two = (n) => String(n).padStart(2, '0');
    if (h >= 48) return `${Math.floor(h / 24)} days`;
    return h > 0 ? `${h} h ${two(m)} min` : m > 0 ? `${m}:${two(s % 60)} min` : `${s} s`;
  };
  let asked = false;
  const count = () => {
    for (const node of all('[data-until]')) {
      const left = Date.parse(node.dataset.until) - now();
      node.textContent = left > 0 ? `${node.dataset.before ?? ''}${words(left)}${node.dataset.after ?? ''}` : node.dataset.over;
      node.classList.toggle('soon', left < 300_000 && !node.dataset.before);
      if (left > 0) continue;
      if ('wipe' in node.dataset) wipe(true);
      // Once: a page that still says so after a reload waits for its reader.
      if ('reload' in node.dataset && !asked && left < -1_000 && left > -20_000) {
        asked = true;
        location.reload();
      }
    }
  };
  count();
  setInterval(count, 1_000);

  // Copying.
  for (const button of all('.copy')) {
    button.hidden = false;
    button.addEventListener('click', async () => {
      const source = document.getElementById(button.dataset.copy);
      const done = await copy(source);
      button.textContent = done ? 'Copied' : 'Press Ctrl+C';
      button.classList.toggle('did', done);
      setTimeout(() => { button.textContent = 'Copy'; button.classList.remove('did'); }, 2_000);
    });
  }
  async function copy(source) {
    try {
      await navigator.clipboard.writeText(source.textContent);
      return true;
    } catch {
      getSelection().selectAllChildren(source);
      return false;
    }
  }

  // A second press is no second credential.
  for (const button of all('[data-once]'))
    button.form.addEventListener('submit', () => setTimeout(() => { button.disabled = true; button.textContent = 'One moment…'; }));

  // The secret stays on this page, and only while it is looked at.
  function wipe(expired) {
    const secret = document.getElementById('secret');
    if (!secret) return;
    secret.remove();
    if (expired) document.getElementById('gone').hidden = false;
  }
  if (revealed) {
    // From here on a reload is a look at the grant, not a second press.
    history.replaceState(null, '', revealed.dataset.home);
    addEventListener('pagehide', () => wipe(false));
  }
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });

  // Waiting for the yes in chat.
  const go = document.querySelector('[data-poll]');
  if (go) {
    const form = go.form;
    go.hidden = true;
    document.querySelector('.waiting').hidden = false;
    const poll = async () => {
      let wait = 3;
      try {
        const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { accept: 'application/json' }, redirect: 'error', cache: 'no-store' });
        if (answer.ok) {
          const said = await answer.json();
          if ('because' in said) return location.replace(form.dataset.home + (said.because ? `?because=${said.because}` : ''));
          wait = said.wait;
        } else if (answer.status === 403) {
          return location.replace(form.dataset.home);
        } else {
          wait = Number(answer.headers.get('retry-after')) || 10;
        }
      } catch {
        wait = 10;
      }
      setTimeout(poll, wait * 1_000 + 150);
    };
    setTimeout(poll, 2_150);
  }
})();
