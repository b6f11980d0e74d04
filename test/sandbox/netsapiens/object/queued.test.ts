import { expect, test } from 'vitest';
import { ACME, ADA, BEN, GLOBEX, startWith, toTime } from '../start.ts';

const open = () => startWith('queued');
const main = { domain: ACME, queue: '800' };

test('who waits is told with the time of the wait', async () => {
  const { read, advance, clock } = await open();
  const began = toTime(clock.now() - 60_000);
  await advance(30_000);
  expect(await read(main)).toEqual([
    {
      queue_name: '800',
      domain: ACME,
      orig_callid: expect.any(String),
      orig_user: '',
      orig_domain: '*',
      orig_name: expect.any(String),
      ani: expect.stringMatching(/^\d+$/),
      time_begin: began,
      wait_seconds: '90',
    },
  ]);
});

test('a caller joins the queue and leaves it when an agent answers, or when the wait is too long', async () => {
  const { read, call, ada, advance } = await open();
  const control = (action: string, fields: Record<string, string>) =>
    call(ada, { object: 'call', action, ...fields });
  const waiting = async () =>
    (await read({ domain: ACME, queue: '803' })).map(({ orig_callid }) => orig_callid);
  await control('call', { callid: 'one', uid: ADA, destination: '803' });
  await advance(1000);
  await control('call', { callid: 'two', uid: ADA, destination: '803' });
  expect(await waiting()).toEqual(['one', 'two']);
  await control('answer', { callid: 'one', uid: BEN });
  expect(await waiting()).toEqual(['two']);
  await advance(300_000);
  expect(await waiting()).toEqual([]);
});

test('agents see who waits in their queues, others nobody', async () => {
  const { read, status, logIn } = await open();
  expect(await read(main, await logIn(BEN))).toHaveLength(1);
  expect(await read(main, await logIn(`1009@${ACME}`))).toEqual([]);
  expect(await status('read', { domain: GLOBEX, queue: '800' })).toBe(403);
  expect(await status('read', { domain: ACME })).toBe(400);
});
