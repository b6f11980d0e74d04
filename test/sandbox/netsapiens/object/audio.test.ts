import { expect, test } from 'vitest';
import { CANARY } from '../../../../src/sandbox/company.ts';
import { ACME, ADA, BEN, GLOBEX, startWith, toTime } from '../start.ts';

const mailbox = { domain: ACME, user: '1002' };

const open = async () => {
  const platform = await startWith('audio');
  return { ...platform, ben: await platform.logIn(BEN) };
};

test('a mailbox has new, saved and deleted messages and a greeting, the domain has music', async () => {
  const { read, ben, clock } = await open();
  const types = (await read(mailbox, ben)).map(({ type }) => type);
  expect(types).toEqual(['vmail/new', 'vmail/new', 'vmail/save', 'trash', 'greeting']);
  const [newest] = await read({ ...mailbox, type: 'vmail/new' }, ben);
  expect(newest).toMatchObject({
    owner: '1002',
    owner_domain: ACME,
    duration: '14',
    from_user: expect.stringMatching(/^\d+$/),
    transcription: expect.stringMatching(/./),
  });
  expect((newest?.time ?? '') < toTime(clock.now())).toBe(true);
  expect(await read({ domain: ACME, type: 'moh' })).toHaveLength(2);
});

test('sounds are counted by the same selectors', async () => {
  const { json, ben } = await open();
  expect(await json('count', mailbox, ben)).toEqual({ total: '5' });
  expect(await json('count', { ...mailbox, type: 'vmail/new' }, ben)).toEqual({ total: '2' });
});

test('the play link is signed by time and auth, needs no token and gives sound', async () => {
  const { read, ben, advance } = await open();
  const [message] = await read({ ...mailbox, type: 'vmail/new' }, ben);
  const link = new URL(message?.play ?? '');
  expect(link.searchParams.get('time')).toMatch(/^\d+$/);
  expect(link.searchParams.get('auth')).toContain(CANARY);
  const played = await fetch(link);
  expect(played.headers.get('content-type')).toBe('audio/wav');
  expect((await played.arrayBuffer()).byteLength).toBe(44 + 14 * 8000);
  link.searchParams.set('time', String(Number(link.searchParams.get('time')) + 1));
  expect((await fetch(link)).status).toBe(403);
  await advance(3_601_000);
  expect((await fetch(message?.play ?? '')).status).toBe(403);
});

test('a message is heard by moving it, forwarded as a copy, and deleted', async () => {
  const { read, status, json, ben } = await open();
  const [message] = await read({ ...mailbox, type: 'vmail/new' }, ben);
  const target = { owner_domain: ACME, owner: '1002', index: message?.index ?? '' };
  expect(await status('update', { ...target, type: 'vmail/save', forward: '1003' }, ben)).toBe(202);
  expect(await read({ ...mailbox, index: target.index }, ben)).toMatchObject([{ type: 'vmail/save' }]);
  expect(await json('count', { ...mailbox, type: 'vmail/new' }, ben)).toEqual({ total: '1' });
  const forwarded = await read({ domain: ACME, user: '1003', type: 'vmail/new' });
  expect(forwarded).toHaveLength(3);
  expect(forwarded.at(-1)).toMatchObject({ from_user: message?.from_user, duration: '14' });
  expect(await status('delete', target, ben)).toBe(202);
  expect(await read({ ...mailbox, index: target.index }, ben)).toEqual([]);
  expect((await fetch(message?.play ?? '')).status).toBe(404);
});

test('a change names a type there is and a sound that is', async () => {
  const { status, read, ben } = await open();
  const [message] = await read(mailbox, ben);
  const target = { owner_domain: ACME, index: message?.index ?? '' };
  expect(await status('update', { ...target, type: 'attic' }, ben)).toBe(400);
  expect(await status('update', { owner_domain: ACME, type: 'trash' }, ben)).toBe(400);
  expect(await status('delete', { ...target, owner: '1003' })).toBe(404);
  expect(await status('delete', { owner_domain: ACME, owner: '1002', index: '1' }, ben)).toBe(404);
});

test('nobody listens to the mailbox of others, or touches it', async () => {
  const { read, status, ben } = await open();
  expect(await read({ domain: ACME, user: '1001' }, ben)).toEqual([]);
  const [message] = await read({ domain: ACME, user: '1001' });
  expect(await status('delete', { owner_domain: ACME, index: message?.index ?? '' }, ben)).toBe(403);
  expect(await status('read', { domain: GLOBEX })).toBe(403);
  expect(await read({ owner_domain: ACME, owner: ADA.split('@')[0] ?? '' })).toHaveLength(5);
});
