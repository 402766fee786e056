// The control API, and the live line that says when to look again.

export async function post(path, body) {
  const response = await fetch(`/playground/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return response.json();
}

export async function get(path) {
  const response = await fetch(`/playground/${path}`);
  if (!response.ok) throw new Error((await response.json()).error);
  return response.json();
}

/** Null where there is nothing of that name. */
export async function find(path) {
  const response = await fetch(`/playground/${path}`);
  return response.ok ? response.json() : null;
}

/** Calls `changed` on connect and at every change; `online` says whether the line is up. A gap loses nothing: the state is read anew. */
export function live(changed, online) {
  const source = new EventSource('/playground/live');
  source.onopen = () => online(true);
  source.onerror = () => online(false);
  source.onmessage = () => changed();
}

/** Runs `work` at once; calls that come meanwhile make it run once more. */
export function coalesce(work) {
  let running = false;
  let again = false;
  return async function run() {
    if (running) { again = true; return; }
    running = true;
    try { await work(); } finally { running = false; }
    if (again) { again = false; run(); }
  };
}
