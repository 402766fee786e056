// Slack's own SocketModeClient against the playground: hello, envelopes, acknowledgements with payloads, retries, being told to go.
import assert from 'node:assert/strict';
import socketMode from '@slack/socket-mode';
import webApi from '@slack/web-api';
import { appToken, botToken, check, control, eventually, finish, startPlayground } from './playground.mjs';

const { SocketModeClient, LogLevel } = socketMode;
const { WebClient } = webApi;
const playground = await startPlayground();
const { post, state, log } = control(playground.url);
const web = new WebClient(botToken, { slackApiUrl: playground.api, logLevel: LogLevel.ERROR, retryConfig: { retries: 0 } });
const plain = (text) => ({ type: 'plain_text', text });

const seen = { slash: [], interactive: [], events: [] };
const newClient = (token = appToken) => new SocketModeClient({ appToken: token, clientPingTimeout: 500, logLevel: LogLevel.ERROR, clientOptions: { slackApiUrl: playground.api, retryConfig: { retries: 0 } } });
function listen(client, name) {
  client.on('slash_commands', async (e) => { seen.slash.push({ name, ...e }); await e.ack(e.body.text === 'silent' ? undefined : { response_type: 'ephemeral', text: `heard ${e.body.text}` }); });
  client.on('interactive', async (e) => {
    seen.interactive.push({ name, ...e });
    if (e.body.type === 'view_submission') return e.ack(e.body.view.state.values.reason.value.value ? undefined : { response_action: 'errors', errors: { reason: 'Say why' } });
    if (e.body.type === 'block_suggestion') return e.ack({ options: [{ text: plain('orders-db:read'), value: 'orders-db:read' }] });
    return e.ack();
  });
  client.on('slack_event', async (e) => {
    if (e.type !== 'events_api') return;
    seen.events.push({ name, ...e });
    if (seen.deaf > 0) { seen.deaf--; return; }
    await e.ack();
  });
}

const client = newClient();
listen(client, 'first');
const inChannel = { person: 'ana', conversation: 'access-requests' };
const last = async () => (await state('ana')).messages.C0ACCESS.at(-1);
const sockets = async () => (await post('sockets', {})).sockets;

await check('a bot token opens no socket, and the app token no messages', async () => {
  await assert.rejects(new WebClient(botToken, { slackApiUrl: playground.api, logLevel: LogLevel.ERROR, retryConfig: { retries: 0 } }).apps.connections.open(), /not_allowed_token_type/);
});
await check('the client connects, and counts as connected after the hello', async () => {
  await client.start();
  assert.equal((await sockets()).length, 1);
  assert.equal((await state('ana')).app.connected, true);
});
await check('slash command: the payload of the acknowledgement is shown to the caller alone', async () => {
  assert.equal((await post('say', { ...inChannel, text: '/access whoami now' })).ok, true);
  const { body, accepts_response_payload: accepts, envelope_id: id } = seen.slash.at(-1);
  assert.deepEqual([body.text, body.user_id, accepts], ['whoami now', 'U0ANA', true]);
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.equal((await last()).text, 'heard whoami now');
});
await check('slash command: an empty acknowledgement says nothing', async () => {
  const before = (await state('ana')).messages.C0ACCESS.length;
  assert.equal((await post('say', { ...inChannel, text: '/access silent' })).ok, true);
  assert.equal((await state('ana')).messages.C0ACCESS.length, before);
});
await check('interactive: a press, a suggestion, a submission with errors and one without', async () => {
  const card = await web.chat.postMessage({ channel: 'C0ACCESS', text: 'x', blocks: [{ type: 'actions', block_id: 'b', elements: [{ type: 'button', action_id: 'approve', value: 'r1', text: plain('Approve') }] }] });
  assert.equal((await post('act', { person: 'bea', conversation: 'C0ACCESS', ts: card.ts, action_id: 'approve' })).ok, true);
  const press = seen.interactive.at(-1).body;
  assert.deepEqual([press.type, press.actions[0].value, press.user.id], ['block_actions', 'r1', 'U0BEA']);
  await post('shortcut', { person: 'ana', callback_id: 'jit_request' });
  await web.views.open({ trigger_id: seen.interactive.at(-1).body.trigger_id, view: { type: 'modal', callback_id: 'request', title: plain('Request'), submit: plain('Ask'), blocks: [
    { type: 'input', block_id: 'entitlement', label: plain('What'), element: { type: 'external_select', action_id: 'value', min_query_length: 0 } },
    { type: 'input', block_id: 'reason', optional: true, label: plain('Why'), element: { type: 'plain_text_input', action_id: 'value' } },
  ] } });
  const view = (await state('ana')).modals.at(-1);
  assert.deepEqual((await post('suggest', { person: 'ana', view_id: view.id, block_id: 'entitlement', action_id: 'value', value: '' })).options.map((o) => o.value), ['orders-db:read']);
  const values = { entitlement: { value: 'orders-db:read' } };
  assert.deepEqual((await post('submit', { person: 'ana', values })).errors, { reason: 'Say why' });
  assert.equal((await post('submit', { person: 'ana', values: { ...values, reason: { value: 'because' } } })).ok, true);
  assert.equal((await state('ana')).modals.length, 0);
});
await check('an event that is not acknowledged comes again, and says why', async () => {
  seen.deaf = 1;
  await post('event', { event: { type: 'app_home_opened', user: 'U0ANA', tab: 'home' } });
  const [first, again] = await eventually(() => seen.events.length >= 2 && seen.events, 'the second attempt');
  assert.equal(first.body.event_id, again.body.event_id);
  assert.deepEqual([first.retry_num, again.retry_num, again.retry_reason], [0, 1, 'http_timeout']);
});
await check('the client answers pings and is kept for longer than the server waits for a pong', async () => {
  await new Promise((done) => setTimeout(done, 6000));
  assert.deepEqual((await sockets()).map((s) => s.leaving), [false]);
});
await check('told to refresh, the client connects anew and goes on', async () => {
  const [{ number }] = await sockets();
  assert.equal((await post('sockets', { disconnect: 'refresh_requested' })).told, 1);
  await eventually(async () => (await sockets()).some((s) => s.number > number && !s.leaving), 'the new socket');
  assert.equal((await post('say', { ...inChannel, text: '/access again' })).ok, true);
});
await check('with several sockets each envelope goes over one of them', async () => {
  const second = newClient();
  listen(second, 'second');
  await second.start();
  seen.slash.length = 0;
  for (let i = 0; i < 4; i++) assert.equal((await post('say', { ...inChannel, text: `/access ${i}` })).ok, true);
  assert.deepEqual(seen.slash.map((s) => s.body.text), ['0', '1', '2', '3']);
  assert.deepEqual([...new Set(seen.slash.map((s) => s.name))].sort(), ['first', 'second']);
  await second.disconnect();
});
await check('no address, ticket or token is in the log', async () => {
  const text = JSON.stringify(await log());
  for (const secret of ['ticket=', appToken, botToken]) assert.ok(!text.includes(secret), secret);
});
await check('switched off, no more sockets are opened', async () => {
  await client.disconnect();
  await post('sockets', { enabled: false });
  const app = new WebClient(appToken, { slackApiUrl: playground.api, logLevel: LogLevel.ERROR, retryConfig: { retries: 0 } });
  await assert.rejects(app.apps.connections.open(), /socket_mode_not_enabled/);
});

playground.stop();
finish();
