// Microsoft's own botframework-connector against the playground: it judges the tokens that come with activities, and drives the connector.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import connector from 'botframework-connector';
import { check, control, eventually, finish, startPlayground, teamsSecret } from './playground.mjs';

const { AuthenticationConfiguration, BotFrameworkAuthenticationFactory, ConnectorClient, MicrosoftAppCredentials, PasswordServiceClientCredentialFactory } = connector;

// the receiver prints what it refuses, keys and all; each check says it once more, shorter
console.error = () => {};

// a bot that says what the official receiver thinks of what it is sent
const seen = [];
let authentication;
const bot = createServer((request, response) => {
  let body = '';
  request.on('data', (part) => { body += part; });
  request.on('end', async () => {
    const activity = JSON.parse(body);
    let verdict = 'accepted';
    try { await authentication.authenticateRequest(activity, request.headers.authorization ?? ''); } catch (error) { verdict = `refused: ${error.message}`; }
    seen.push({ activity, verdict });
    response.writeHead(verdict === 'accepted' ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: 'ok' }));
  });
});
await new Promise((ready) => bot.listen(0, '127.0.0.1', ready));

const playground = await startPlayground(['--messages-url', `http://127.0.0.1:${bot.address().port}/api/messages`]);
const { teams } = playground;
const { log, post, state } = control(playground.url, 'teams/');
authentication = BotFrameworkAuthenticationFactory.create(undefined, true, 'https://login.microsoftonline.com/botframework.com', 'https://api.botframework.com', 'https://api.botframework.com',
  'https://api.botframework.com', teams.metadata, `${teams.metadata}-of-emulators`, 'urn:botframework:azure', new PasswordServiceClientCredentialFactory(teams.app_id, teamsSecret), new AuthenticationConfiguration());

const now = Math.floor(Date.now() / 1000);
const other = '33333333-3333-3333-3333-333333333333';
/** What the official receiver thinks of a message of ana's with something wrong about it. */
async function verdict(forgery) {
  await post('deliver', { person: 'ana', conversation: 'personal', text: 'mine', ...forgery });
  return seen.at(-1).verdict;
}
const accepts = (name, forgery) => check(`accepted: ${name}`, async () => assert.equal(await verdict(forgery), 'accepted'));
const refuses = (name, forgery) => check(`refused: ${name}`, async () => assert.match(await verdict(forgery), /^refused/));
const claims = (more) => ({ token: { claims: more } });

await check('the app is installed, and every activity of it is accepted', async () => {
  const { ok, installed } = await post('install', {});
  assert.deepEqual([ok, installed], [true, 6]);
  assert.equal(seen.length, 12);
  assert.deepEqual([...new Set(seen.map((s) => s.verdict))], ['accepted']);
});
await accepts('a message as it is', {});
await accepts('expired four minutes ago, within the skew', claims({ nbf: now - 4000, exp: now - 240 }));
await refuses('no header', { authorization: null });
await refuses('another audience', claims({ aud: other }));
await refuses('another issuer', claims({ iss: 'https://evil.example' }));
await refuses('expired six minutes ago', claims({ nbf: now - 4000, exp: now - 360 }));
await refuses('not valid for ten minutes yet', claims({ nbf: now + 600 }));
await refuses('another service url', claims({ serviceurl: 'https://evil.example/' }));
await refuses('a service url without its slash', claims({ serviceurl: teams.service_url.slice(0, -1) }));
await refuses('the claim in camel case', claims({ serviceurl: null, serviceUrl: teams.service_url }));
await refuses('no claim of a service url', claims({ serviceurl: null }));
await refuses('a channel that the key does not speak for', { change: { channelId: 'slack' } });
await refuses('alg none', { token: { alg: 'none' } });
await refuses('HS256 with the public key', { token: { alg: 'HS256' } });
await refuses('an unknown key id', { token: { kid: 'nobody-knows' } });
await refuses('a stranger\'s key under a known id', { token: { key: 'stranger' } });
// where the official receiver is too kind; our broker is not (tests of Teams/Inbound)
await accepts('an activity without a service url (too kind)', { change: { serviceUrl: '' } });
await accepts('a key without endorsements (too kind)', { token: { key: 'unendorsed' } });
await accepts('an activity without a channel (too kind)', { change: { channelId: '' } });
await check('a key that signs from now on is found', async () => {
  await post('keys', { rotate: true });
  // the official receiver asks for keys it does not know at most once an hour; a fresh one has asked never
  authentication = BotFrameworkAuthenticationFactory.create(undefined, true, 'https://login.microsoftonline.com/botframework.com', 'https://api.botframework.com', 'https://api.botframework.com',
    'https://api.botframework.com', `${teams.metadata}?anew`, `${teams.metadata}-of-emulators`, 'urn:botframework:azure', new PasswordServiceClientCredentialFactory(teams.app_id, teamsSecret), new AuthenticationConfiguration());
  assert.equal(await verdict({}), 'accepted');
});

const token = async (secret) => {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: teams.app_id, client_secret: secret, scope: 'https://api.botframework.com/.default' });
  return (await fetch(new URL(`${teams.tenant}/oauth2/v2.0/token`, teams.authority), { method: 'POST', body: form })).json();
};
const client = (bearer) => {
  const credentials = new MicrosoftAppCredentials(teams.app_id, teamsSecret);
  // the client's own way to a token is https only
  credentials.signRequest = async (request) => { request.headers.set('authorization', `Bearer ${bearer}`); return request; };
  return new ConnectorClient(credentials, { baseUri: teams.service_url, noRetryPolicy: true }).conversations;
};
const card = (text) => ({ type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text }] } }] });
const channel = '19:access-requests@thread.tacv2';
const ana = '29:1ana-Qm9iX2FuYQ';
const refused = async (promise) => { try { await promise; } catch (error) { return [error.statusCode, error.body?.error?.code ?? error.code]; } throw new Error('it was accepted'); };
const messages = async (person, chat) => (await state(person)).messages[chat];
let calls;

await check('a token for the secret, none for another', async () => {
  assert.equal((await token('guess')).error, 'invalid_client');
  const { access_token: bearer } = await token(teamsSecret);
  calls = client(bearer);
  assert.equal((await refused(client('guess').getConversationPagedMembers(channel)))[0], 401);
});
await check('createConversation finds the personal chat, and again the same', async () => {
  const wanted = { isGroup: false, bot: { id: `28:${teams.app_id}` }, members: [{ id: ana }], tenantId: teams.tenant, channelData: { tenant: { id: teams.tenant } } };
  const { id } = await calls.createConversation(wanted);
  assert.equal((await calls.createConversation(wanted)).id, id);
  await calls.sendToConversation(id, { type: 'message', text: 'hello' });
  assert.deepEqual((await messages('ana', id)).map((m) => m.text), ['hello']);
});
await check('createConversation begins a thread, replyToActivity goes on in it', async () => {
  const { id, activityId } = await calls.createConversation({ isGroup: true, channelData: { channel: { id: channel } }, activity: card('one') });
  assert.equal(id, `${channel};messageid=${activityId}`);
  const { id: reply } = await calls.replyToActivity(id, activityId, { type: 'message', text: 'two' });
  assert.equal((await messages('ana', channel)).find((m) => m.id === reply).root, activityId);
});
await check('updateActivity and deleteActivity, each once it is there', async () => {
  const { id } = await calls.sendToConversation(channel, card('pending'));
  await calls.updateActivity(channel, id, card('approved'));
  const changed = (await messages('ana', channel)).find((m) => m.id === id);
  assert.deepEqual([changed.card.body[0].text, changed.edited], ['approved', true]);
  await calls.deleteActivity(channel, id);
  assert.deepEqual(await refused(calls.deleteActivity(channel, id)), [404, 'ActivityNotFoundInConversation']);
});
await check('getConversationMember and getConversationPagedMembers', async () => {
  const member = await calls.getConversationMember(channel, ana);
  assert.equal(member.email ?? member.userPrincipalName, 'ana@example.com');
  assert.equal((await calls.getConversationPagedMembers(channel, { pageSize: 100 })).members.length, 5);
});
await check('a card that Teams would not show, and one that is too large', async () => {
  assert.deepEqual(await refused(calls.sendToConversation(channel, card(undefined))), [400, 'BadSyntax']);
  assert.deepEqual(await refused(calls.sendToConversation(channel, card('x'.repeat(30_000)))), [413, 'MessageSizeTooBig']);
});
await check('a fault that was asked for reaches the client', async () => {
  await post('faults', { call: 'activities.send', status: 412 });
  assert.deepEqual(await refused(calls.sendToConversation(channel, card('x'))), [412, 'PreconditionFailed']);
});
await check('more than seven messages in a second are too many, and the client that waits as it is told gets all through', async () => {
  const operations = '19:operations@thread.tacv2';
  await Promise.all(Array.from({ length: 12 }, () => calls.sendToConversation(operations, { type: 'message', text: 'x' })));
  const sent = (await log()).calls.filter((c) => c.call === 'activities.send' && c.arguments.conversation === operations);
  assert.ok(sent.some((c) => c.status === 429 && c.answer.error.code === 'Throttled'), 'nothing was throttled');
  assert.equal((await messages('ana', operations)).length, 12);
});
await check('a press reaches the bot as an invoke that is accepted', async () => {
  const content = { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: 'x' }], actions: [{ type: 'Action.Execute', title: 'Approve', verb: 'approve', data: { id: 'r1' } }] };
  const { id } = await calls.sendToConversation(channel, { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] });
  const { shown, text } = await post('act', { person: 'bea', conversation: channel, id, verb: 'approve' });
  assert.deepEqual([shown, text, seen.at(-1).activity.name, seen.at(-1).verdict], ['text', 'ok', 'adaptiveCard/action', 'accepted']);
  await eventually(async () => (await messages('bea', channel)).find((m) => m.id === id).note?.text === 'ok', 'the note under the card');
});

playground.stop();
bot.close();
finish();
