import { expect, test } from 'vitest';
import { ACME, ADA, BEN, GLOBEX, startWith } from '../start.ts';

const open = () => startWith('conversation', {}, undefined, 2000);

test('an inbox mixes voicemail, calls and messages, newest first', async () => {
  const { read, logIn } = await open();
  const inbox = await read({ domain: ACME, user: '1002' }, await logIn(BEN));
  const kinds = Map.groupBy(inbox, ({ conversation_type }) => conversation_type);
  expect(kinds.get('vmail')).toHaveLength(3);
  expect(kinds.get('call')).toHaveLength(50);
  expect(kinds.get('message')?.map(({ conversation_id }) => conversation_id)).toContain('chat-1001-1002');
  const times = inbox.map(({ timestamp = '' }) => timestamp);
  expect(times).toEqual(times.toSorted().toReversed());
  expect(new Set(inbox.map(({ conversation_id }) => conversation_id)).size).toBe(inbox.length);
  expect(inbox.every(({ domain, user }) => domain === ACME && user === '1002')).toBe(true);
});

test('records are named for the inbox in XML', async () => {
  const { ask } = await open();
  const xml = await (await ask('read', { domain: ACME, user: '1001', limit: '1', format: 'xml' })).text();
  expect(xml).toMatch(/^<xml><uc_inbox><conversation_type>.*<\/uc_inbox><\/xml>$/);
});

test('nobody sees the inbox of others', async () => {
  const { read, status, logIn } = await open();
  const ben = await logIn(BEN);
  expect(await read({ domain: ACME, user: ADA.split('@')[0] ?? '' }, ben)).toEqual([]);
  expect(await status('read', { domain: GLOBEX, user: '2001' }, ben)).toBe(403);
  expect(await status('read', {}, ben)).toBe(400);
});
