// Microsoft's own adaptivecards reads every card: no complaint, version 1.5 at most, and nothing is lost when it writes the card again.
// Each JSON file of the folder holds a card, or anything with cards in it (an activity, an answer to an invoke, a list).
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { check, finish } from './playground.mjs';

// the package's main is a module that Node cannot load; the bundle beside it is for browsers, where `self` is
globalThis.self ??= globalThis;
const AC = createRequire(import.meta.url)('adaptivecards/dist/adaptivecards.js');

const folder = process.argv[2];
if (!folder) throw new Error('adaptive-cards.mjs FOLDER');

/** Every card in a value; not those that a card's own buttons show. */
function* cardsIn(value, path = '') {
  if (value === null || typeof value !== 'object') return;
  if (value.type === 'AdaptiveCard') { yield [path, value]; return; }
  for (const [key, inner] of Object.entries(value)) yield* cardsIn(inner, `${path}/${key}`);
}

/** What Teams reads and the library does not know. */
const ofTeams = new Set(['/$schema', '/msteams']);

/** Where `after` says something else than `before`, or nothing. Enumerations are compared in any case, as they are read. */
function lost(before, after, path = '') {
  // what older clients are to show instead is read, and never written
  if (ofTeams.has(path) || path.endsWith('/fallback')) return [];
  if (before !== null && typeof before === 'object') {
    if (after === null || typeof after !== 'object') return [`${path}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`];
    return Object.keys(before).flatMap((key) => lost(before[key], after[key], `${path}/${key}`));
  }
  if (before === after || (typeof before === 'string' && typeof after === 'string' && before.toLowerCase() === after.toLowerCase())) return [];
  return isDefault(path, before) && after === undefined ? [] : [`${path}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`];
}

/** A property that says what goes without saying is not written again. */
function isDefault(path, value) {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const defaults = { isVisible: true, separator: false, isRequired: false, isMultiline: false, isMultiSelect: false, isSubtle: false, bleed: false, isEnabled: true, value: '', valueOn: 'true', valueOff: 'false' };
  const words = { associatedInputs: 'auto', style: 'default', spacing: 'default', mode: 'primary', size: 'default', weight: 'default', color: 'default', height: 'auto', fontType: 'default' };
  return defaults[name] === value || (typeof value === 'string' && words[name] === value.toLowerCase()) || (name === 'style' && value === 'compact') || (name === 'width' && value === 'stretch');
}

function complaints(json) {
  const card = new AC.AdaptiveCard();
  const context = new AC.SerializationContext(AC.Versions.v1_5);
  card.parse(json, context);
  const found = Array.from({ length: context.eventCount }, (_, i) => context.getEventAt(i).message);
  found.push(...card.validateProperties().validationEvents.map((e) => e.message));
  return [found, card];
}

// the reader itself is put to the test first: what is wrong must be told, what is lost must be seen
await check('a wrong card is complained of', () => {
  const [found] = complaints({ type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlok', text: 'x' }, { type: 'Input.Text' }, { type: 'TextBlock', text: 'x', size: 'Huge' }] });
  assert.ok(found.length >= 3, `only ${found.length}: ${found.join('; ')}`);
});
await check('a loss is seen', () => {
  const json = { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: 'x', nonsense: 'lost' }] };
  assert.deepEqual(lost(json, complaints(json)[1].toJSON()), ['/body/0/nonsense: "lost" became undefined']);
});

for (const file of readdirSync(folder).filter((f) => f.endsWith('.json')).sort()) {
  const cards = [...cardsIn(JSON.parse(readFileSync(join(folder, file), 'utf8')))];
  await check(file, () => {
    assert.ok(cards.length > 0, 'there is no card in this file');
    for (const [path, json] of cards) {
      const [found, card] = complaints(json);
      assert.deepEqual(found, [], `${path}: ${found.join('; ')}`);
      const [major, minor] = json.version.split('.').map(Number);
      assert.ok(major === 1 && minor <= 5, `${path}: version ${json.version}`);
      const losses = lost(json, card.toJSON());
      assert.deepEqual(losses, [], `${path}: ${losses.join('; ')}`);
    }
  });
}
finish();
