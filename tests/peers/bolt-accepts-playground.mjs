// Bolt's own App and HTTPReceiver accept every kind of delivery that the playground sends, and what they answer takes effect.
import assert from 'node:assert/strict';
import bolt from '@slack/bolt';
import { check, control, eventually, finish, secret, botToken, startPlayground } from './playground.mjs';

const { App, HTTPReceiver, LogLevel, verifySlackRequest } = bolt;
const playground = await startPlayground(['--no-rate-limits']);
const { post, state } = control(playground.url);

const seen = {};
const receiver = new HTTPReceiver({ signingSecret: secret, logLevel: LogLevel.ERROR });
const app = new App({ receiver, token: botToken, clientOptions: { slackApiUrl: playground.api }, logLevel: LogLevel.ERROR });
app.error(async (error) => { seen.error = error; });

const plain = (text) => ({ type: 'plain_text', text });
const card = (note) => [
  { type: 'section', text: { type: 'mrkdwn', text: `*Ana* asks. ${note}` } },
  { type: 'actions', block_id: 'decide', elements: [
    { type: 'button', action_id: 'approve', style: 'primary', text: plain('Approve'), value: 'r1' },
    { type: 'static_select', action_id: 'duration', placeholder: plain('How long'), options: [{ text: plain('1 h'), value: '1h' }, { text: plain('2 h'), value: '2h' }] },
    { type: 'overflow', action_id: 'more', options: [{ text: plain('Deny'), value: 'deny' }, { text: plain('Why'), value: 'why' }] },
  ] },
];
const form = (title) => ({
  type: 'modal', callback_id: 'request', title: plain(title), submit: plain('Ask'), notify_on_close: true, private_metadata: 'p',
  blocks: [
    { type: 'input', block_id: 'entitlement', label: plain('What'), dispatch_action: true, element: { type: 'external_select', action_id: 'value', min_query_length: 0 } },
    { type: 'input', block_id: 'reason', optional: true, label: plain('Why'), element: { type: 'plain_text_input', action_id: 'value' } },
  ],
});

app.command('/access', async ({ ack, body, client, respond }) => {
  seen.command = body;
  if (body.text === 'form') { await ack(); await client.views.open({ trigger_id: body.trigger_id, view: form('Request access') }); }
  else if (body.text === 'card') { await ack(); await client.chat.postMessage({ channel: body.channel_id, text: 'Ana asks', blocks: card('') }); }
  else if (body.text === 'later') { await ack(); await respond({ response_type: 'ephemeral', text: 'by response_url' }); }
  else await ack({ response_type: 'ephemeral', text: `heard ${body.text}` });
});
app.action(/.*/, async ({ ack, body, action, client, respond }) => {
  await ack();
  seen.action = { body, action };
  if (action.action_id === 'approve') await client.chat.update({ channel: body.channel.id, ts: body.message.ts, text: 'Approved', blocks: card('Approved.') });
  if (action.action_id === 'duration') await respond({ replace_original: false, response_type: 'ephemeral', text: `chose ${action.selected_option.value}` });
});
app.options('value', async ({ ack, payload }) => ack({ options: ['orders-db:read', 'payments:read'].filter((o) => o.includes(payload.value)).map((o) => ({ text: plain(o), value: o })) }));
app.view('request', async ({ ack, view }) => {
  seen.submit = view;
  const why = view.state.values.reason.value.value;
  if (why === 'push') return ack({ response_action: 'push', view: form('Next step') });
  if (why === 'update') return ack({ response_action: 'update', view: form('Updated') });
  if (!why) return ack({ response_action: 'errors', errors: { reason: 'Say why' } });
  return ack();
});
app.view({ callback_id: 'request', type: 'view_closed' }, async ({ ack, body }) => { seen.closed = body; await ack(); });
app.shortcut('jit_request', async ({ ack, body, client }) => { await ack(); await client.views.open({ trigger_id: body.trigger_id, view: form('By shortcut') }); });
app.event('app_home_opened', async ({ event, client }) => client.views.publish({ user_id: event.user, view: { type: 'home', blocks: card('home').slice(0, 1) } }));

const server = await app.start({ port: 0, host: '127.0.0.1' });
const address = `http://127.0.0.1:${server.address().port}/slack/events`;
await post('app', { events_url: address });

const inChannel = { person: 'ana', conversation: 'access-requests' };
const messages = async (person = 'ana') => (await state(person)).messages.C0ACCESS;
const last = async (person) => (await messages(person)).at(-1);
const modals = async (person = 'ana') => (await state(person)).modals;

await check('url_verification: the challenge comes back', async () => assert.deepEqual((await post('verify-url', {})).ok, true));
await check('slash command: fields, and the 200\'s text is shown to the caller alone', async () => {
  assert.equal((await post('say', { ...inChannel, text: '/access whoami now' })).ok, true);
  assert.equal(seen.command.text, 'whoami now');
  for (const field of ['team_id', 'team_domain', 'channel_id', 'channel_name', 'user_id', 'user_name', 'command', 'response_url', 'trigger_id', 'api_app_id', 'is_enterprise_install'])
    assert.ok(seen.command[field], field);
  assert.equal((await last()).text, 'heard whoami now');
  assert.equal((await last()).ephemeral, true);
  assert.equal((await messages('bea')).length, 0);
});
await check('slash command: mentions arrive as ids and the three characters escaped', async () => {
  await post('say', { ...inChannel, text: '/access why @bea #general <b> & c' });
  assert.equal(seen.command.text, 'why <@U0BEA|bea> <#C0GEN|general> &lt;b&gt; &amp; c');
});
await check('response_url after a command posts to the caller', async () => {
  await post('say', { ...inChannel, text: '/access later' });
  await eventually(async () => (await last()).text === 'by response_url', 'the answer');
});
await check('block_actions from a button: accepted, and chat.update edits the message', async () => {
  await post('say', { ...inChannel, text: '/access card' });
  const posted = await eventually(async () => (await last()).blocks && last(), 'the card');
  assert.equal((await post('act', { person: 'bea', conversation: 'C0ACCESS', ts: posted.ts, action_id: 'approve' })).ok, true);
  await eventually(async () => (await last('bea')).text === 'Approved', 'the edit');
  assert.equal(seen.action.action.value, 'r1');
  assert.equal(seen.action.body.user.id, 'U0BEA');
  assert.equal(seen.action.body.container.message_ts, posted.ts);
  assert.equal(seen.action.body.message.ts, posted.ts);
});
await check('block_actions from a select carries selected_option and state; response_url answers privately', async () => {
  const posted = await last();
  await post('act', { person: 'bea', conversation: 'C0ACCESS', ts: posted.ts, action_id: 'duration', value: '2h' });
  await eventually(async () => (await last('bea')).text === 'chose 2h', 'the private answer');
  assert.equal(seen.action.body.state.values.decide.duration.selected_option.value, '2h');
  assert.notEqual((await last('ana')).text, 'chose 2h');
});
await check('block_actions from an overflow menu', async () => {
  const posted = (await messages()).at(-1);
  assert.equal((await post('act', { person: 'ana', conversation: 'C0ACCESS', ts: posted.ts, action_id: 'more', value: 'why' })).ok, true);
  await eventually(() => seen.action.action.selected_option?.value === 'why', 'the choice');
});
await check('views.open by the command\'s trigger_id', async () => {
  await post('say', { ...inChannel, text: '/access form' });
  assert.equal((await eventually(async () => (await modals()).at(-1), 'the form')).title.text, 'Request access');
});
await check('block_suggestion: live options, then dispatch_action with the choice', async () => {
  const view = (await modals()).at(-1);
  const at = { person: 'ana', view_id: view.id, block_id: 'entitlement', action_id: 'value' };
  assert.deepEqual((await post('suggest', { ...at, value: 'ord' })).options.map((o) => o.value), ['orders-db:read']);
  assert.equal((await post('act', { ...at, value: 'orders-db:read' })).ok, true);
  await eventually(() => seen.action.action.type === 'external_select', 'the dispatch');
  assert.equal(seen.action.body.view.state.values.entitlement.value.selected_option.value, 'orders-db:read');
});
await check('view_submission errors stand at the field and keep the input', async () => {
  const answer = await post('submit', { person: 'ana' });
  assert.deepEqual(answer.errors, { reason: 'Say why' });
  const view = (await modals()).at(-1);
  assert.equal(view.errors.reason, 'Say why');
  assert.equal(view.state.values.entitlement.value.selected_option.value, 'orders-db:read');
});
await check('view_submission update, push and close', async () => {
  await post('submit', { person: 'ana', values: { reason: { value: 'update' } } });
  assert.equal((await modals()).at(-1).title.text, 'Updated');
  await post('submit', { person: 'ana', values: { reason: { value: 'push' } } });
  assert.deepEqual((await modals()).map((m) => m.title.text), ['Updated', 'Next step']);
  await post('submit', { person: 'ana', values: { entitlement: { value: { text: plain('x'), value: 'x' } }, reason: { value: 'fine' } } });
  assert.equal((await modals()).length, 1);
  assert.equal(seen.submit.previous_view_id, (await modals())[0].id);
});
await check('view_closed', async () => {
  assert.equal((await post('close', { person: 'ana', all: true })).ok, true);
  assert.equal(seen.closed.is_cleared, true);
  assert.equal((await modals()).length, 0);
});
await check('global shortcut opens a form', async () => {
  assert.equal((await post('shortcut', { person: 'cy', callback_id: 'jit_request' })).ok, true);
  await eventually(async () => (await modals('cy')).length === 1, 'the form');
});
await check('app_home_opened, and views.publish shows the home', async () => {
  assert.equal((await post('home', { person: 'dan', tab: 'home' })).ok, true);
  await eventually(async () => (await state('dan')).home?.blocks, 'the home');
});
await check('a recorded delivery goes out again byte for byte and is accepted', async () => {
  const { deliveries } = await control(playground.url).log();
  const first = deliveries.find((d) => d.type === 'slash_commands');
  assert.equal((await post('redeliver', { id: first.id })).status, 200);
  const again = (await control(playground.url).log()).deliveries.at(-1);
  assert.deepEqual([again.body, again.headers], [first.body, first.headers]);
  verifySlackRequest({ signingSecret: secret, body: first.body, headers: { 'x-slack-signature': first.headers['X-Slack-Signature'], 'x-slack-request-timestamp': Number(first.headers['X-Slack-Request-Timestamp']) } });
});
await check('forged signature and old timestamp are refused by Bolt', async () => {
  const body = 'command=%2Faccess&text=x';
  assert.equal((await post('deliver', { kind: 'command', body, signature: `v0=${'0'.repeat(64)}` })).status, 401);
  assert.equal((await post('deliver', { kind: 'command', body, timestamp: '1531420618' })).status, 401);
});
await check('an app that does not acknowledge: the user is told', async () => {
  const answer = await post('deliver', { kind: 'event', body: '{"type":"event_callback","event":{"type":"nobody_listens"}}', headers: { 'X-Slack-Retry-Num': '1', 'X-Slack-Retry-Reason': 'http_timeout' } });
  assert.ok(answer.status === 200 || answer.failure !== null);
  await post('app', { events_url: 'http://127.0.0.1:9/slack/events' });
  const command = await post('say', { ...inChannel, text: '/access lost' });
  assert.equal(command.ok, false);
  assert.match((await last()).text, /^\/access failed because the app did not respond/);
});

await app.stop();
playground.stop();
finish();
