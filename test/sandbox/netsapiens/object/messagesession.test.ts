import { expect, test } from 'vitest';
import { ACME, ADA, BEN, GLOBEX, startWith } from '../start.ts';

const mine = { domain: ACME, user: '1002' };
const chat = { ...mine, session_id: 'chat-1001-1002' };

const open = async () => {
  const platform = await startWith('messagesession');
  const ben = await platform.logIn(BEN);
  const ids = async (fields = {}, token = ben) =>
    (await platform.read({ ...mine, ...fields }, token)).map(({ session_id }) => session_id);
  return { ...platform, ben, ids };
};

test('somebody has sessions, newest first, with the last message of each', async () => {
  const { read, ben, ids } = await open();
  const sessions = await read(mine, ben);
  const times = sessions.map(({ last_timestamp = '' }) => last_timestamp);
  expect(times).toEqual(times.toSorted().toReversed());
  expect(await ids()).toEqual(
    expect.arrayContaining([
      'sms-1002-12125550177',
      'chat-1001-1002',
      'chat-1002-1003',
      'meeting-morning',
      'queue-800-1',
    ]),
  );
  expect(await read(chat, ben)).toEqual([
    {
      session_id: 'chat-1001-1002',
      domain: ACME,
      user: '1002',
      session_name: '',
      last_timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      last_message: 'Gladly.',
      participants: `${ADA},${BEN}`,
      muted: 'no',
      rx_hostname: 'core1.example.test',
      term_queue: '',
    },
  ]);
});

test('sessions are found by name pattern and queue, sorted and cut', async () => {
  const { ids } = await open();
  expect(await ids({ session_name: 'morning%' })).toEqual(['meeting-morning']);
  expect(await ids({ term_queue: '800' })).toEqual(['queue-800-1']);
  const ascending = await ids({ sort: 'last_timestamp ASC' });
  expect(await ids()).toEqual(ascending.toReversed());
  expect(await ids({ start: '1', limit: '2' })).toEqual((await ids()).slice(1, 3));
});

test('a session is named, muted for one, and given other participants', async () => {
  const { read, status, ben, ada } = await open();
  await status(
    'update',
    { ...chat, session_name: 'Lunch', muted: 'yes', participants: `${ADA},${BEN},1003@${ACME}` },
    ben,
  );
  expect(await read(chat, ben)).toMatchObject([{ session_name: 'Lunch', muted: 'yes' }]);
  const others = await read({ ...chat, user: '1003' }, ada);
  expect(others).toMatchObject([{ session_name: 'Lunch', muted: 'no' }]);
  await status('update', { ...chat, muted: 'no' }, ben);
  expect(await read(chat, ben)).toMatchObject([{ session_name: 'Lunch', muted: 'no' }]);
});

test('whoever leaves or deletes a session does not see it any more, the others do', async () => {
  const { ids, status, ben, ada } = await open();
  for (const [action, session_id] of [
    ['leave', 'chat-1001-1002'],
    ['delete', 'meeting-morning'],
  ] as const) {
    expect(await status(action, { ...mine, session_id }, ben)).toBe(202);
    expect(await ids({ session_id })).toEqual([]);
    expect(await ids({ session_id, user: '1001' }, ada)).toEqual([session_id]);
    expect(await status(action, { ...mine, session_id }, ben)).toBe(404);
  }
});

test('an agent accepts a session out of the queue, and gives it back', async () => {
  const { ids, read, status, ben, ada } = await open();
  const waiting = { ...mine, session_id: 'queue-800-1' };
  expect(await ids({ session_id: 'queue-800-1', user: '1001' }, ada)).toHaveLength(1);
  expect(await status('accept', waiting, ben)).toBe(202);
  expect(await read(waiting, ben)).toMatchObject([
    { term_queue: '', participants: expect.stringContaining(BEN) },
  ]);
  expect(await ids({ session_id: 'queue-800-1', user: '1001' }, ada)).toEqual([]);
  expect(await status('dispatch', waiting, ben)).toBe(400);
  expect(await status('dispatch', { ...waiting, term_queue: '803' }, ben)).toBe(202);
  expect(await read({ ...waiting, term_queue: '803' }, ben)).toHaveLength(1);
});

test('nobody enters the sessions of others', async () => {
  const { ids, status, ben } = await open();
  expect(await ids({ user: '1001' })).toEqual([]);
  expect(await status('leave', { ...chat, user: '1001' }, ben)).toBe(403);
  expect(await status('accept', { ...mine, session_id: 'chat-1003-1004' }, ben)).toBe(404);
  expect(await status('read', { domain: GLOBEX }, ben)).toBe(403);
  expect(await status('leave', mine, ben)).toBe(400);
});
