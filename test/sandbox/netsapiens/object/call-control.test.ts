import { expect, test } from 'vitest';
import { ACME, ADA, BEN, startWith, toTime } from '../start.ts';

const SECOND = 1000;
const CHLOE = `1003@${ACME}`;
const OUTSIDE = '12125550177';

const open = async () => {
  const platform = await startWith('call', { legacyCallTimes: 'dashes' });
  const find = async (callid = 'mine-1') =>
    (await platform.read({ domain: ACME })).find(({ orig_callid }) => orig_callid === callid);
  const presenceOf = async (uid: string) =>
    (await platform.rows(platform.ada, { object: 'subscriber', action: 'read', uid }))[0]?.presence;
  const act = async (action: string, uid: string, fields = {}, callid = 'mine-1') =>
    platform.status(action, { callid, uid, ...fields });
  const history = (uid: string) =>
    platform.rows(platform.ada, {
      object: 'cdr2',
      action: 'read',
      uid,
      start_date: toTime(platform.clock.now() - 600 * SECOND),
      end_date: toTime(platform.clock.now()),
    });
  /** Ada calls somebody; `answered` where a colleague takes it. */
  const talk = async (destination: string, answered = true) => {
    await platform.ask('call', { callid: 'mine-1', uid: ADA, destination });
    if (answered && destination === OUTSIDE) await platform.advance(6 * SECOND);
    else if (answered) await act('answer', `${destination}@${ACME}`);
  };
  return { ...platform, find, presenceOf, act, history, talk };
};

test('whoever is called answers, on any of the own devices, and by the call id of either side', async () => {
  const { talk, act, find, presenceOf, clock } = await open();
  await talk('1003', false);
  const { term_callid = '' } = (await find()) ?? {};
  expect(await act('answer', ADA)).toBe(409);
  expect(await act('answer', CHLOE, { destination: '1003a' }, term_callid)).toBe(200);
  expect(await find()).toMatchObject({
    term_user: '1003',
    term_uri: `sip:1003a@${ACME}`,
    time_answer: toTime(clock.now()),
    orig_call_info: 'Active',
    term_call_info: 'Active',
  });
  expect([await presenceOf(ADA), await presenceOf(CHLOE)]).toEqual(['inuse', 'inuse']);
  expect(await act('answer', CHLOE)).toBe(409);
});

test('colleagues talk until one of them hangs up', async () => {
  const { talk, act, find, advance, history } = await open();
  await talk('1003');
  await advance(600 * SECOND);
  expect(await find()).toHaveProperty('orig_call_info', 'Active');
  expect(await act('disconnect', CHLOE)).toBe(200);
  expect(await find()).toBeUndefined();
  expect(await history(ADA)).toMatchObject([{ type: '0', duration: '600', name: 'Chloe Martin' }]);
  expect(await history(CHLOE)).toMatchObject([{ type: '1', number: '1001' }]);
});

test('a rejected call is a missed one', async () => {
  const { talk, act, find, history } = await open();
  await talk('1003', false);
  expect(await act('reject', ADA)).toBe(409);
  expect(await act('reject', CHLOE)).toBe(200);
  expect(await find()).toBeUndefined();
  expect(await history(CHLOE)).toMatchObject([{ type: '2', time_answer: null }]);
});

test('a caller who gives up ends the call', async () => {
  const { talk, act, history } = await open();
  await talk('1003', false);
  expect(await act('disconnect', ADA)).toBe(200);
  expect(await history(CHLOE)).toMatchObject([{ type: '2' }]);
});

test('either side holds and is taken back', async () => {
  const { talk, act, find, presenceOf } = await open();
  await talk('1003');
  expect(await act('unhold', ADA)).toBe(409);
  expect(await act('hold_orig', ADA)).toBe(200);
  expect(await find()).toMatchObject({ orig_call_info: 'Held', term_call_info: 'Active' });
  expect(await presenceOf(ADA)).toBe('held');
  expect(await act('hold_term', CHLOE)).toBe(200);
  expect(await find()).toMatchObject({ orig_call_info: 'Held', term_call_info: 'Held' });
  expect(await act('unhold', ADA)).toBe(200);
  expect(await find()).toMatchObject({ orig_call_info: 'Active', term_call_info: 'Active' });
});

test('a call that rings cannot be held, parked or recorded', async () => {
  const { talk, act } = await open();
  await talk('1003', false);
  for (const action of ['hold_orig', 'hold_term', 'park', 'record_on', 'record_off', 'record_pause']) {
    expect([action, await act(action, ADA)]).toEqual([action, 409]);
  }
});

test('a transfer sends the other party on and says who did it', async () => {
  const { talk, act, find, presenceOf, advance, history } = await open();
  await talk(OUTSIDE);
  const { term_callid = '' } = (await find()) ?? {};
  expect(await act('xfer', ADA)).toBe(400);
  expect(await act('xfer', ADA, { destination: '1003' })).toBe(200);
  expect(await find()).toMatchObject({
    orig_user: '',
    orig_domain: '*',
    ani: OUTSIDE,
    term_user: '1003',
    by_action: 'Transfer',
    by_user: '1001',
    by_domain: ACME,
    by_callid: term_callid,
    time_answer: '',
    term_call_info: 'Alerting',
  });
  expect([await presenceOf(ADA), await presenceOf(CHLOE)]).toEqual(['open', 'alerting']);
  await act('answer', CHLOE);
  await advance(180 * SECOND);
  expect(await find()).toBeUndefined();
  expect(await history(CHLOE)).toMatchObject([{ type: '1', number: OUTSIDE, onnet: '0' }]);
});

test('a parked call gets a slot and is picked up by anybody', async () => {
  const { talk, ask, act, find } = await open();
  await talk(OUTSIDE);
  const parked = await ask('park', { callid: 'mine-1', uid: ADA });
  expect([parked.status, await parked.json()]).toEqual([200, [{ slot: '701' }]]);
  expect(await find()).toMatchObject({
    ani: OUTSIDE,
    term_user: '701',
    by_action: 'CallPark',
    by_user: '1001',
  });
  expect(await act('answer', CHLOE)).toBe(200);
  expect(await find()).toMatchObject({
    ani: OUTSIDE,
    term_user: '1003',
    by_action: '',
    term_call_info: 'Active',
  });
});

test('slots are counted from the prefix, past those in use', async () => {
  const { ask, advance, status } = await open();
  for (const callid of ['one', 'two']) await ask('call', { callid, uid: ADA, destination: OUTSIDE });
  await advance(6 * SECOND);
  const park = async (callid: string) => (await ask('park', { callid, uid: ADA, prefix: '7200' })).json();
  expect([await park('one'), await park('two')]).toEqual([[{ slot: '7200' }], [{ slot: '7201' }]]);
  expect(await status('park', { callid: 'one', uid: ADA, prefix: 'x' })).toBe(404);
});

test('an agent takes a call out of the queue', async () => {
  const { read, ask, act, find } = await open();
  const waiting = (await read({ domain: ACME })).find(({ term_user }) => term_user === '800');
  const { orig_callid = '' } = waiting ?? {};
  expect(await act('answer', `1010@${ACME}`, {}, orig_callid)).toBe(404);
  expect(await act('answer', BEN, {}, orig_callid)).toBe(200);
  expect(await find(orig_callid)).toMatchObject({ term_user: '1002', by_action: 'Queue', by_user: '800' });
  await ask('call', { callid: 'queued', uid: ADA, destination: '800' });
  expect(await find('queued')).toMatchObject({ term_user: '800', term_call_info: 'Alerting' });
});

test('what was recorded has a recording later, paused or not; what was not has none', async () => {
  const { talk, act, advance, rows, ada } = await open();
  const recording = { object: 'recording', action: 'read', domain: ACME, orig_callid: 'mine-1' };
  await talk('1003');
  expect(await act('record_pause', ADA)).toBe(409);
  for (const action of ['record_on', 'record_pause', 'record_on', 'record_off']) {
    expect([action, await act(action, ADA)]).toEqual([action, 200]);
  }
  await advance(30 * SECOND);
  await act('disconnect', ADA);
  await advance(180 * SECOND);
  expect(await rows(ada, recording)).toMatchObject({ call_id: 'mine-1', duration: '30' });
});

test('nobody touches a call without a part in it, or for somebody else', async () => {
  const { talk, act, status, logIn } = await open();
  await talk('1003');
  expect(await act('disconnect', BEN)).toBe(404);
  expect(await act('disconnect', ADA, {}, 'no-such-call')).toBe(404);
  const ben = await logIn(BEN);
  expect(await status('disconnect', { callid: 'mine-1', uid: ADA }, ben)).toBe(403);
  expect(await status('disconnect', { uid: ADA })).toBe(400);
  expect(await status('disconnect', { callid: 'mine-1' })).toBe(400);
});
