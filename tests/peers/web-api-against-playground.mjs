// The official WebClient against the playground: every method, Slack's refusals, 429 with Retry-After.
import assert from 'node:assert/strict';
import webApi from '@slack/web-api';
import { appToken, botToken, check, control, finish, startPlayground } from './playground.mjs';

const { WebClient, LogLevel, WebClientEvent } = webApi;
const playground = await startPlayground();
const { post, state, log } = control(playground.url);
const client = (token = botToken, more = {}) => new WebClient(token, { slackApiUrl: playground.api, logLevel: LogLevel.ERROR, retryConfig: { retries: 0 }, ...more });
const web = client();
const plain = (text) => ({ type: 'plain_text', text });
const modal = (more = {}) => ({ type: 'modal', title: plain('Form'), blocks: [{ type: 'divider' }], ...more });

/** Slack's error code, with its messages when there are any. */
async function refused(promise) {
  try { await promise; } catch (error) { assert.equal(error.code, 'slack_webapi_platform_error', error.message); return error.data; }
  throw new Error('it was accepted');
}
const code = async (promise) => (await refused(promise)).error;

/** A fresh trigger_id of ana's, as the app would get it. */
async function trigger() {
  await post('shortcut', { person: 'ana', callback_id: 'jit_request' });
  const { deliveries } = await log();
  return JSON.parse(new URLSearchParams(deliveries.at(-1).body).get('payload')).trigger_id;
}

// somebody must listen for a delivery to be recorded; a closed port is enough
await post('app', { events_url: 'http://127.0.0.1:9/slack/events' });

await check('auth.test', async () => {
  const me = await web.auth.test();
  assert.deepEqual([me.team_id, me.user_id, me.bot_id, me.is_enterprise_install], ['T0EX', 'U0JIT', 'B0JIT', false]);
  assert.ok(me.response_metadata.scopes.includes('chat:write'));
});
await check('not_authed and invalid_auth', async () => {
  assert.equal(await code(client('xoxb-wrong').auth.test()), 'invalid_auth');
  assert.equal(await code(client(null).auth.test()), 'not_authed');
});
await check('the app token is not allowed where the bot\'s is needed, and the other way round', async () => {
  assert.equal(await code(client(appToken).auth.test()), 'not_allowed_token_type');
  assert.equal(await code(web.apps.connections.open()), 'not_allowed_token_type');
});
await check('unknown_method', async () => assert.equal(await code(web.apiCall('chat.sing')), 'unknown_method'));

let card;
await check('chat.postMessage, to a channel', async () => {
  card = await web.chat.postMessage({ channel: 'C0ACCESS', text: 'hello', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '*hello*' } }], metadata: { event_type: 'request', event_payload: { id: 'r1' } } });
  assert.equal(card.channel, 'C0ACCESS');
  assert.match(card.ts, /^\d{10}\.\d{6}$/);
  assert.ok(card.message.blocks[0].block_id);
});
await check('chat.postMessage, to a user id, opens the DM', async () => {
  const { channel } = await web.chat.postMessage({ channel: 'U0BEA', text: 'hi' });
  assert.equal(channel, (await web.conversations.open({ users: 'U0BEA' })).channel.id);
  assert.equal((await state('bea')).directs[0].unread, 1);
});
await check('chat.postMessage refusals', async () => {
  assert.equal(await code(web.chat.postMessage({ channel: 'C0NONE', text: 'x' })), 'channel_not_found');
  assert.equal(await code(web.chat.postMessage({ channel: 'C0GEN', text: 'x' })), 'not_in_channel');
  assert.equal(await code(web.chat.postMessage({ channel: 'C0ACCESS', text: '' })), 'no_text');
  assert.equal(await code(web.chat.postMessage({ channel: 'C0ACCESS', text: 'x'.repeat(40_001) })), 'msg_too_long');
  assert.equal(await code(web.apiCall('chat.postMessage', { channel: 'C0ACCESS', text: 'x', blocks: 'nonsense' })), 'invalid_blocks_format');
  const data = await refused(web.chat.postMessage({ channel: 'C0ACCESS', text: 'x', blocks: [{ type: 'header', text: plain('x'.repeat(151)) }] }));
  assert.equal(data.error, 'invalid_blocks');
  assert.deepEqual(data.response_metadata.messages, ['[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]']);
});
await check('chat.update, own messages only', async () => {
  assert.equal((await web.chat.update({ channel: card.channel, ts: card.ts, text: 'edited', blocks: [] })).text, 'edited');
  const { ts } = await post('say', { person: 'ana', conversation: 'C0ACCESS', text: 'mine' });
  assert.equal(await code(web.chat.update({ channel: 'C0ACCESS', ts, text: 'x' })), 'cant_update_message');
  assert.equal(await code(web.chat.update({ channel: 'C0ACCESS', ts: '1.000001', text: 'x' })), 'message_not_found');
});
await check('chat.postEphemeral reaches one person, and cannot be updated', async () => {
  const { message_ts: ts } = await web.chat.postEphemeral({ channel: 'C0ACCESS', user: 'U0ANA', text: 'psst' });
  assert.ok((await state('ana')).messages.C0ACCESS.some((m) => m.ts === ts && m.ephemeral));
  assert.ok(!(await state('bea')).messages.C0ACCESS.some((m) => m.ts === ts));
  assert.equal(await code(web.chat.update({ channel: 'C0ACCESS', ts, text: 'x' })), 'message_not_found');
  assert.equal(await code(web.chat.postEphemeral({ channel: 'C0ACCESS', user: 'U0NONE', text: 'x' })), 'user_not_in_channel');
});
await check('chat.delete', async () => {
  await web.chat.delete({ channel: card.channel, ts: card.ts });
  assert.equal(await code(web.chat.delete({ channel: card.channel, ts: card.ts })), 'message_not_found');
});
await check('conversations.info and .members, by pages', async () => {
  const { channel } = await web.conversations.info({ channel: 'C0SHARE' });
  assert.deepEqual([channel.is_ext_shared, channel.is_channel, channel.is_member], [true, true, true]);
  assert.equal((await web.conversations.info({ channel: 'C0GEN' })).channel.is_member, false);
  const members = [];
  for await (const page of web.paginate('conversations.members', { channel: 'C0ACCESS', limit: 2 })) members.push(...page.members);
  assert.deepEqual(members.sort(), ['U0ANA', 'U0BEA', 'U0CY', 'U0DAN', 'U0ELI', 'U0JIT']);
  assert.equal(await code(web.conversations.info({ channel: 'C0NONE' })), 'channel_not_found');
});
await check('users.info and users.lookupByEmail', async () => {
  const { user } = await web.users.info({ user: 'U0ANA' });
  assert.deepEqual([user.team_id, user.deleted, user.is_bot, user.is_restricted, user.profile.email], ['T0EX', false, false, false, 'ana@example.com']);
  assert.equal((await web.users.lookupByEmail({ email: 'Bea@Example.com' })).user.id, 'U0BEA');
  assert.equal(await code(web.users.lookupByEmail({ email: 'nobody@example.com' })), 'users_not_found');
  assert.equal(await code(web.users.info({ user: 'U0NONE' })), 'user_not_found');
});
await check('users.info of a deactivated, a restricted and a foreign person', async () => {
  await post('person', { id: 'U0ZED', name: 'Zed', team_id: 'T0ACME', is_stranger: true });
  await post('person', { id: 'U0YAN', name: 'Yan', deleted: true });
  await post('person', { id: 'U0XIA', name: 'Xia', is_restricted: true });
  assert.deepEqual([(await web.users.info({ user: 'U0ZED' })).user.team_id, (await web.users.info({ user: 'U0ZED' })).user.is_stranger], ['T0ACME', true]);
  assert.equal((await web.users.info({ user: 'U0YAN' })).user.deleted, true);
  assert.equal((await web.users.info({ user: 'U0XIA' })).user.is_restricted, true);
  assert.equal(await code(web.conversations.open({ users: 'U0YAN' })), 'user_disabled');
});
await check('conversations.open again is a no_op', async () => assert.equal((await web.conversations.open({ users: 'U0ANA' })).already_open, true));

let view;
await check('views.open: the trigger works once', async () => {
  const trigger_id = await trigger();
  view = (await web.views.open({ trigger_id, view: modal({ external_id: 'mine' }) })).view;
  assert.equal(await code(web.views.open({ trigger_id, view: modal() })), 'exchanged_trigger_id');
  assert.equal(await code(web.views.open({ trigger_id: 'nonsense', view: modal() })), 'invalid_trigger_id');
});
await check('views.open: what is wrong is named by its pointer', async () => {
  const data = await refused(web.views.open({ trigger_id: await trigger(), view: modal({ title: plain('x'.repeat(25)) }) }));
  assert.equal(data.error, 'invalid_arguments');
  assert.deepEqual(data.response_metadata.messages, ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]']);
});
await check('views.update by id and by external_id; hash_conflict', async () => {
  const updated = await web.views.update({ view_id: view.id, hash: view.hash, view: modal({ external_id: 'mine', title: plain('Second') }) });
  assert.equal(updated.view.title.text, 'Second');
  assert.equal(await code(web.views.update({ view_id: view.id, hash: view.hash, view: modal() })), 'hash_conflict');
  assert.equal((await web.views.update({ external_id: 'mine', view: modal({ external_id: 'mine' }) })).view.id, view.id);
  assert.equal(await code(web.views.update({ view_id: 'VNONE', view: modal() })), 'not_found');
});
await check('views.push: three deep and no deeper', async () => {
  for (let depth = 2; depth <= 3; depth++) assert.equal((await web.views.push({ trigger_id: await trigger(), view: modal() })).view.root_view_id, view.id);
  assert.equal(await code(web.views.push({ trigger_id: await trigger(), view: modal() })), 'push_limit_reached');
});
await check('views.publish', async () => {
  const { view: home } = await web.views.publish({ user_id: 'U0ANA', view: { type: 'home', blocks: [{ type: 'header', text: plain('Home') }] } });
  assert.equal(home.type, 'home');
  assert.equal(await code(web.views.publish({ user_id: 'U0ANA', hash: 'old', view: { type: 'home', blocks: [{ type: 'divider' }] } })), 'hash_conflict');
  assert.equal((await state('ana')).home.blocks[0].text.text, 'Home');
});
await check('an injected 429 is waited for, as Retry-After says', async () => {
  const patient = client(botToken, { retryConfig: { retries: 1, minTimeout: 10 } });
  let told = 0;
  patient.on(WebClientEvent.RATE_LIMITED, (seconds) => { told = seconds; });
  await post('faults', { method: 'users.info', status: 429, retry_after: 1 });
  const before = Date.now();
  assert.equal((await patient.users.info({ user: 'U0ANA' })).ok, true);
  assert.equal(told, 1);
  assert.ok(Date.now() - before >= 1000);
});
await check('a channel takes a burst and then one message per second', async () => {
  const eager = client(botToken, { rejectRateLimitedCalls: true });
  let limit = null;
  for (let i = 0; i < 40 && !limit; i++) {
    try { await eager.chat.postMessage({ channel: 'C0OPS', text: `message ${i}` }); } catch (error) { limit = error; }
  }
  assert.equal(limit?.code, 'slack_webapi_rate_limited_error');
  assert.equal(limit.retryAfter, 1);
});
await check('an answer that is lost after the message was posted', async () => {
  await post('faults', { method: 'chat.postMessage', status: 500, after_effect: true });
  await assert.rejects(web.chat.postMessage({ channel: 'U0CY', text: 'posted all the same' }));
  assert.equal((await state('cy')).messages.D0CY.at(-1).text, 'posted all the same');
});
await check('the log shows the calls and no token', async () => {
  const text = JSON.stringify(await log());
  assert.ok(text.includes('chat.postMessage'));
  assert.ok(!text.includes(botToken) && !text.includes(appToken));
});

playground.stop();
finish();
