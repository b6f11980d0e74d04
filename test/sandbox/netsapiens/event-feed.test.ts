import { describe, expect, test } from 'vitest';
import { RESELLER_LOGIN } from '../../../src/sandbox/netsapiens/index.ts';
import type { Switches } from '../../../src/sandbox/switches.ts';
import { allDelivered, startReceiver } from '../receiver.ts';
import { ACME, ADA, BEN, start, type Rows } from './start.ts';

type Fields = Readonly<Record<string, string>>;

/** The legacy platform with a receiver of its events, and Ada logged in. */
const startFeed = async (switches: Partial<Switches> = {}) => {
  const platform = await start(switches);
  const receiver = await startReceiver();
  const ada = await platform.logIn(ADA);

  const subscribe = async (model: string, fields: Fields = {}, token = ada): Promise<string> => {
    const wish = { model, domain: ACME, post_url: `${receiver.url}/${model}`, expires: '2300-01-01' };
    const [row] = await platform.rows(token, { object: 'event', action: 'create', ...wish, ...fields });
    return row?.['id'] ?? '';
  };
  const act = (fields: Fields, token = ada) => platform.call(token, fields);
  /** The rows so far, once nothing waits any more. */
  const received = async (path = ''): Promise<Rows> => {
    await allDelivered(platform.url);
    return receiver.posts
      .filter((post) => post.path.includes(path))
      .flatMap(({ text }) => JSON.parse(text) as Rows);
  };
  const originate = (callid: string, destination: string, uid = ADA) =>
    act({ object: 'call', action: 'call', callid, uid, destination });
  const control = (action: string, callid: string, uid: string) =>
    act({ object: 'call', action, callid, uid });

  return { ...platform, receiver, ada, subscribe, act, received, originate, control };
};

const pick = (rows: Rows, ...names: readonly string[]) => rows.map((row) => names.map((name) => row[name]));

describe('a call', () => {
  test('is told by its originating side with the keys that are documented, all of them texts', async () => {
    const { subscribe, originate, received } = await startFeed();
    await subscribe('call_origid');
    await originate('mine', '1002');
    const [row = {}] = await received();
    expect(Object.keys(row)).toEqual([
      'orig_callid',
      'orig_from_uri',
      'orig_from_name',
      'orig_to_user',
      'orig_user',
      'orig_domain',
      'by_user',
      'by_domain',
      'term_user',
      'term_domain',
      'term_to_uri',
      'orig_call_info',
      'term_call_info',
      'time_start',
      'time_answer',
      'remove',
    ]);
    expect(row).toMatchObject({
      orig_callid: 'mine',
      orig_user: '1001',
      term_user: '1002',
      orig_call_info: 'progressing',
      term_call_info: 'alerting',
      by_user: '',
      time_answer: '',
      remove: 'no',
    });
    expect(Object.values(row).filter((value) => typeof value !== 'string')).toEqual([]);
  });

  test('is told at every transition, with a tombstone and a row of its history at the end', async () => {
    const { subscribe, originate, control, received } = await startFeed();
    await subscribe('call_origid');
    await subscribe('cdr');
    await originate('mine', '1002');
    await control('answer', 'mine', BEN);
    await control('hold_term', 'mine', BEN);
    await control('unhold', 'mine', BEN);
    await control('disconnect', 'mine', ADA);
    expect(pick(await received('call_origid'), 'orig_call_info', 'term_call_info', 'remove')).toEqual([
      ['progressing', 'alerting', 'no'],
      ['active', 'active', 'no'],
      ['active', 'held', 'no'],
      ['active', 'active', 'no'],
      ['active', 'active', 'yes'],
    ]);
    expect(await received('/cdr')).toMatchObject([
      { action: 'INSERT', object: 'cdr', orig_sub: '1001', term_sub: '1002', type: '3' },
    ]);
  });

  test('is told leg by leg, each with its own tombstone when it is transferred', async () => {
    const { subscribe, originate, control, act, received } = await startFeed();
    await subscribe('call');
    await originate('mine', '1002');
    await control('answer', 'mine', BEN);
    await act({ object: 'call', action: 'xfer', callid: 'mine', uid: BEN, destination: '1003' });
    const rows = await received();
    expect(pick(rows, 'term_callid', 'term_user', 'remove')).toEqual([
      ['mine-t', '1002', 'no'],
      ['mine-t', '1002', 'no'],
      ['mine-t', '1002', 'yes'],
      ['mine-tx', '1003', 'no'],
    ]);
    expect(Object.keys(rows[0] ?? {}).length).toBeGreaterThan(50);
  });

  test('that ends by itself is told without anybody asking', async () => {
    const { subscribe, originate, clock, receiver, received } = await startFeed();
    await subscribe('call_origid');
    await originate('mine', '1002');
    await receiver.received(1);
    clock.advance(60_000);
    await receiver.received(2);
    expect(pick(await received(), 'remove')).toEqual([['no'], ['yes']]);
  });

  test('has its recording told when it has arrived, with a link that works', async () => {
    const { subscribe, originate, control, clock, receiver, received, logIn } = await startFeed();
    await subscribe('call_recording');
    await originate('mine', '1002');
    await control('answer', 'mine', BEN);
    await control('record_on', 'mine', ADA);
    clock.advance(5000);
    await control('disconnect', 'mine', ADA);
    clock.advance(179_000);
    // Any request has everything done that is due.
    await logIn(ADA);
    expect(await received()).toEqual([]);
    clock.advance(1000);
    await receiver.received(1);
    const [row = {}] = await received();
    expect(row).toMatchObject({
      orig_callid: 'mine',
      term_callid: 'mine-t',
      status: 'converted',
      duration: '5',
    });
    const audio = await fetch(row['download_url'] ?? '');
    expect([audio.status, audio.headers.get('content-type')]).toEqual([200, 'audio/wav']);
  });

  test('that waits in a queue is told until somebody takes it', async () => {
    const { subscribe, originate, control, received } = await startFeed();
    await subscribe('queued');
    await originate('mine', '800');
    await control('disconnect', 'mine', ADA);
    expect(pick(await received(), 'queue_name', 'orig_callid', 'remove')).toEqual([
      ['800', 'mine', 'no'],
      ['800', 'mine', 'yes'],
    ]);
  });
});

describe('a user', () => {
  test('is told when the record changes, and by presence where that has', async () => {
    const { subscribe, act, received } = await startFeed();
    await subscribe('subscriber');
    await subscribe('presence');
    const update = { object: 'subscriber', action: 'update', user: '1002', domain: ACME };
    await act({ ...update, first_name: 'Benjamin' });
    await act({ ...update, message: 'In a meeting' });
    expect(pick(await received('subscriber'), 'user', 'first_name', 'message', 'remove')).toEqual([
      ['1002', 'Benjamin', 'Back at two', 'no'],
      ['1002', 'Benjamin', 'In a meeting', 'no'],
    ]);
    const presences = await received('presence');
    expect(pick(presences, 'uid', 'presence', 'message')).toEqual([[BEN, 'inuse', 'In a meeting']]);
    expect(presences[0]).not.toHaveProperty('subscriber_pin');
  });

  test('that calls is told as such', async () => {
    const { subscribe, originate, received } = await startFeed();
    await subscribe('presence', { user: '1001' });
    await originate('mine', '1002');
    expect(pick(await received(), 'user', 'presence')).toEqual([['1001', 'progressing']]);
  });

  test('that is removed leaves a tombstone', async () => {
    const { subscribe, act, received, logIn } = await startFeed();
    await subscribe('subscriber', { user: '1009' });
    await act(
      { object: 'subscriber', action: 'delete', user: '1009', domain: ACME },
      await logIn(RESELLER_LOGIN),
    );
    expect(pick(await received(), 'user', 'remove')).toEqual([['1009', 'yes']]);
  });
});

test('messages and sessions are told to those in them', async () => {
  const { subscribe, act, received, logIn } = await startFeed();
  const carl = await logIn(`1004@${ACME}`);
  await subscribe('message', { user: '1002' }, await logIn(BEN));
  await subscribe('messagesession', { user: '1002' }, await logIn(BEN));
  await subscribe('message', { user: '1004', post_url: 'http://127.0.0.1:1/none' }, carl);
  const talk = { domain: ACME, user: '1001', session_id: 'mine', destination: BEN };
  await act({ object: 'message', action: 'create', message: 'Hello', ...talk });
  const [message = {}] = await received('/message');
  expect(message).toMatchObject({ text: 'Hello', from_uid: ADA, term_uid: BEN, remove: 'no' });
  await act({
    object: 'message',
    action: 'delete',
    domain: ACME,
    user: '1002',
    session_id: 'mine',
    id: message['id'] ?? '',
  });
  const rows = await received();
  expect(
    pick(
      rows.filter(({ text }) => text !== undefined),
      'text',
      'remove',
    ),
  ).toEqual([
    ['Hello', 'no'],
    ['Hello', 'yes'],
  ]);
  expect(
    pick(
      rows.filter(({ last_message: last }) => last !== undefined),
      'user',
      'last_message',
    ),
  ).toEqual([['1002', 'Hello']]);
});

test('agents and voicemail are told', async () => {
  const { subscribe, act, rows, ada, received } = await startFeed();
  await subscribe('agent');
  await subscribe('voicemail');
  const [agent = {}] = await rows(ada, { object: 'agent', action: 'read', domain: ACME, queue_name: '800' });
  await act({
    object: 'agent',
    action: 'update',
    domain: ACME,
    queue: '800',
    device: agent['device_aor'] ?? '',
    entry_action: 'make_ma',
  });
  expect(await received('/agent')).toMatchObject([
    { device_aor: agent['device_aor'], entry_option: 'manual', stat: 'offline', remove: 'no' },
  ]);
  const [mail = {}] = await rows(ada, {
    object: 'audio',
    action: 'read',
    owner_domain: ACME,
    type: 'vmail/new',
  });
  await act({
    object: 'audio',
    action: 'update',
    owner_domain: ACME,
    owner: mail['owner'] ?? '',
    index: mail['index'] ?? '',
    type: 'vmail/save',
  });
  expect(await received('/voicemail')).toMatchObject([
    { index: mail['index'], user: mail['owner'], type: 'vmail/save', remove: 'no' },
  ]);
});

test('the audit log has a line for each change, for administrators alone', async () => {
  const { subscribe, act, received, logIn } = await startFeed();
  await subscribe('auditlog');
  await subscribe('auditlog', { user: '1002', post_url: 'http://127.0.0.1:1/none' }, await logIn(BEN));
  const contact = { object: 'contact', user: '1002', domain: ACME };
  await act({ ...contact, action: 'create', first_name: 'Pat', last_name: 'Example' });
  expect(await received()).toMatchObject([{ object: 'contact', action: 'add', domain: ACME, user: '1002' }]);
});

describe('whom it is told', () => {
  test('those of the domain and user that are asked for, within the scope', async () => {
    const { subscribe, originate, logIn, receiver, received } = await startFeed();
    const ben = await logIn(BEN);
    const grace = await logIn('2001@globex.67890.service');
    await subscribe('call_origid', { user: '1003', post_url: `${receiver.url}/chloe` });
    await subscribe('call_origid', { user: '1002', post_url: `${receiver.url}/ben` });
    await subscribe('call_origid', { user: '*', post_url: `${receiver.url}/all` });
    await subscribe('call_origid', { user: '*', post_url: `${receiver.url}/own` }, ben);
    const theirs = { domain: 'globex.67890.service', post_url: `${receiver.url}/globex` };
    await subscribe('call_origid', theirs, grace);
    await originate('one', '1002');
    await originate('two', '1004');
    const idsOf = async (path: string) => (await received(path)).map(({ orig_callid: id }) => id);
    expect(await idsOf('chloe')).toEqual([]);
    expect(await idsOf('/ben')).toEqual(['one']);
    expect(await idsOf('/all')).toEqual(['one', 'two']);
    expect(await idsOf('/own')).toEqual(['one']);
    expect(await idsOf('/globex')).toEqual([]);
  });

  test('nobody who has been removed', async () => {
    const { subscribe, act, logIn, receiver, received } = await startFeed();
    const ben = await logIn(BEN);
    await subscribe('presence', { post_url: `${receiver.url}/ben` }, ben);
    await subscribe('presence', { post_url: `${receiver.url}/ada` });
    const uid = { user: '1002', domain: ACME };
    await act({ object: 'subscriber', action: 'delete', ...uid }, await logIn(RESELLER_LOGIN));
    expect(await received('/ben')).toEqual([]);
    expect(pick(await received('/ada'), 'user', 'remove')).toEqual([['1002', 'yes']]);
  });

  test('nobody whose subscription has ended', async () => {
    const { subscribe, originate, clock, received, act, logIn } = await startFeed();
    const id = await subscribe('call_origid');
    await act({ object: 'event', action: 'delete', subscription_id: id, domain: ACME });
    await subscribe('call_origid', { expires: '' });
    clock.advance(3_600_000);
    await logIn(ADA);
    await originate('mine', '1002');
    expect(await received()).toEqual([]);
  });
});

test('what happens at once comes in one post', async () => {
  const { subscribe, originate, control, receiver, received } = await startFeed();
  await subscribe('call_origid');
  await originate('mine', '1002');
  await control('answer', 'mine', BEN);
  await control('disconnect', 'mine', ADA);
  expect(await received()).toHaveLength(3);
  expect(receiver.posts.length).toBeLessThan(3);
  expect(receiver.posts[0]?.headers['content-type']).toBe('application/json');
});
