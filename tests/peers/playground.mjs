// Starts or finds the playground, and says how each check went. Used by the peers beside it.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export const secret = 'peers-signing-secret';
export const teamsSecret = 'peers-teams-secret';
export const botToken = 'xoxb-peers';
export const appToken = 'xapp-1-peers';

/** Starts `dotnet exec $PLAYGROUND_DLL`; stop() ends it. */
export async function startPlayground(args = []) {
  const dll = process.env.PLAYGROUND_DLL;
  if (!dll) throw new Error('PLAYGROUND_DLL must name JitBroker.Playground.dll (build bots/JitBroker.Playground first)');
  const child = spawn(process.env.DOTNET ?? 'dotnet', ['exec', dll, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PLAYGROUND_BOT_TOKEN: botToken, PLAYGROUND_APP_TOKEN: appToken, PLAYGROUND_SIGNING_SECRET: secret, PLAYGROUND_TEAMS_SECRET: teamsSecret },
  });
  process.on('exit', () => child.kill());
  const exited = new Promise((_, refuse) => child.once('exit', (code) => refuse(new Error(`the playground ended with ${code} before it was ready`))));
  exited.catch(() => {});
  const line = await Promise.race([new Promise((done) => createInterface({ input: child.stdout }).once('line', done)), exited]);
  const { url, api, teams } = JSON.parse(line);
  return { url, api, teams, stop: () => child.kill('SIGTERM') };
}

/** The control API of a playground: what a person does, and what they see. `under` is another workspace's, such as `teams/`. */
export function control(url, under = '') {
  const post = async (path, body) => {
    const answer = await fetch(new URL(`playground/${under}${path}`, url), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    return answer.json();
  };
  const get = async (path) => (await fetch(new URL(`playground/${under}${path}`, url))).json();
  return { post, state: (person) => get(`state?person=${person}`), log: () => get('log?last=1000') };
}

let failed = 0;
let passed = 0;

/** Runs one check; what it throws is the reason it failed. */
export async function check(name, body) {
  try {
    await body();
    passed++;
    console.log(`ok ${name}`);
  } catch (error) {
    failed++;
    console.log(`not ok ${name} - ${error.message.split('\n').slice(0, 8).join(' | ')}`);
  }
}

/** The last line, and the exit code. */
export function finish() {
  console.log(`# ${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}

/** Waits until `look` gives something, at most five seconds. */
export async function eventually(look, what) {
  const until = Date.now() + 5000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > until) throw new Error(`never came: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}
