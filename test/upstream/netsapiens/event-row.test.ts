import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/upstream/change.ts';
import { createReadDelivery } from '../../../src/upstream/netsapiens/event.ts';
import { subscriberInterest, type Model } from '../../../src/upstream/netsapiens/interest.ts';

const ACME = 'acme.12345.service';

const read = (model: Model, body: unknown, user?: string) =>
  createReadDelivery('UTC')(subscriberInterest(model, ACME, user), body);

const readOne = (model: Model, row: object, user?: string): Change | undefined => {
  const { changes, unreadable } = read(model, row, user);
  expect(unreadable).toBe(0);
  expect(changes).toHaveLength(1);
  return changes[0];
};

/** A call as the platform tells it, in its own words. */
const call = {
  orig_callid: 'c1f0@203.0.113.9',
  orig_from_uri: 'sip:12125550188@203.0.113.20',
  orig_from_name: 'Customer',
  orig_to_user: '12125550100',
  orig_user: '',
  orig_domain: '*',
  by_user: '',
  by_domain: '',
  term_user: '1001',
  term_domain: ACME,
  term_to_uri: `sip:1001a@${ACME}`,
  orig_call_info: 'progressing',
  term_call_info: 'alerting',
  time_start: '2024-02-01 09:15:02',
  time_answer: '',
  remove: 'no',
};

describe('a call', () => {
  it('is read whole', () => {
    expect(readOne('call_origid', call)).toEqual({
      id: null,
      noun: 'ActiveCall',
      key: 'c1f0@203.0.113.9',
      kind: 'UPDATED',
      occurredAt: expect.any(Date),
      order: null,
      state: 'ringing',
      begins: true,
      model: {
        domain: ACME,
        originCallId: 'c1f0@203.0.113.9',
        destinationCallId: '',
        origin: {
          callId: 'c1f0@203.0.113.9',
          extension: null,
          domain: null,
          uri: 'sip:12125550188@203.0.113.20',
          name: 'Customer',
          number: '12125550188',
          state: 'progressing',
        },
        destination: {
          callId: null,
          extension: '1001',
          domain: ACME,
          uri: `sip:1001a@${ACME}`,
          name: null,
          number: '12125550100',
          state: 'alerting',
        },
        byAction: null,
        byUser: null,
        byDomain: null,
        byCallId: null,
        beganAt: { instant: new Date('2024-02-01T09:15:02Z'), text: '2024-02-01 09:15:02' },
        answeredAt: null,
      },
    });
  });

  it.each([
    [{}, 'UPDATED', 'ringing', true],
    [{ time_answer: '2024-02-01 09:15:10', orig_call_info: 'active' }, 'UPDATED', 'connected', false],
    [{ time_answer: '02/01/24 9:15:10' }, 'UPDATED', 'connected', false],
    [{ time_answer: '0000-00-00 00:00:00' }, 'UPDATED', 'ringing', true],
    [{ time_answer: '2024-02-01 09:15:10', term_call_info: 'Held' }, 'UPDATED', 'held', false],
    [{ remove: 'yes' }, 'REMOVED', 'completed', false],
    [{ remove: 'YES', time_answer: '2024-02-01 09:15:10' }, 'REMOVED', 'completed', false],
    [{ remove: undefined }, 'UPDATED', 'ringing', true],
  ])('with %j is %s and %s', (more, kind, state, begins) => {
    expect(readOne('call_origid', { ...call, ...more })).toMatchObject({ kind, state, begins });
  });

  it('may tell numbers where texts are meant, and more than is known', () => {
    const row = {
      ...call,
      orig_callid: 4711,
      term_user: 1001,
      orig_to_user: 12_125_550_100,
      weather: 'fine',
    };
    expect(readOne('call_origid', row)).toMatchObject({
      key: '4711',
      model: { originCallId: '4711', destination: { extension: '1001', number: '12125550100' } },
    });
  });
});

const subscriber = {
  user: '1001',
  domain: ACME,
  first_name: 'Ada',
  last_name: 'Example',
  presence: 'inuse',
  message: 'Back at two',
  subscriber_pin: '4711',
  pwd_hash: 'not for anybody',
  last_update: '2024-02-01 09:15:02',
  srv_code: '',
};

const models: readonly (readonly [Model, object, object])[] = [
  [
    'subscriber',
    subscriber,
    {
      noun: 'Subscriber',
      key: `${ACME}/1001`,
      kind: 'UPDATED',
      order: Date.UTC(2024, 1, 1, 9, 15, 2),
      occurredAt: new Date(Date.UTC(2024, 1, 1, 9, 15, 2)),
      model: { user: '1001', firstName: 'Ada', statusMessage: 'Back at two', presence: 'inuse' },
    },
  ],
  ['subscriber', { ...subscriber, remove: 'yes' }, { key: `${ACME}/1001`, kind: 'REMOVED' }],
  ['subscriber', { ...subscriber, user: 1001, domain: undefined }, { key: `${ACME}/1001`, kind: 'UPDATED' }],
  [
    'presence',
    { user: 1001, first_name: 'Ada', group: 'n/a', presence: 'open', message: 7 },
    {
      noun: 'PresenceEntry',
      key: `${ACME}/1001`,
      model: { user: '1001', domain: ACME, department: null, presence: 'open', message: '7' },
    },
  ],
  [
    'message',
    {
      id: 17,
      session_id: 'lunch',
      type: 'private',
      from_uid: `1002@${ACME}`,
      text: 'Hungry?',
      remotepath: 'x',
    },
    {
      noun: 'TextMessage',
      key: '1001/lunch/17',
      kind: 'UPDATED',
      begins: true,
      model: {
        domain: ACME,
        user: '1001',
        sessionId: 'lunch',
        id: '17',
        fromUid: `1002@${ACME}`,
        text: 'Hungry?',
      },
    },
  ],
  ['message', { id: '17', session_id: 'lunch', remove: 'yes' }, { key: '1001/lunch/17', kind: 'REMOVED' }],
  [
    'messagesession',
    {
      session_id: 'lunch',
      user: '1001',
      session_name: 'Lunch',
      participants: `1001@${ACME}, 1002@${ACME}`,
      muted: 'yes',
    },
    {
      noun: 'TextSession',
      key: '1001/lunch',
      begins: true,
      model: { sessionId: 'lunch', isMuted: true, participants: [`1001@${ACME}`, `1002@${ACME}`] },
    },
  ],
  [
    'agent',
    {
      huntgroup_name: 800,
      huntgroup_domain: ACME,
      device_aor: `sip:1001@${ACME}`,
      entry_option: 'manual',
      stat: 'x',
    },
    {
      noun: 'Agent',
      key: `800/sip:1001@${ACME}`,
      model: { queue: '800', device: `sip:1001@${ACME}`, option: 'manual', activity: 'x' },
    },
  ],
  [
    'cdr',
    {
      action: 'INSERT',
      object: 'cdr',
      cdr_id: '20240201abcd01',
      orig_sub: null,
      term_sub: '1001',
      orig_from_uri: 'sip:12125550188@203.0.113.20',
      time_start: '1706778902',
      time_answer: 1_706_778_910,
      time_release: '1706779002',
    },
    {
      noun: 'CallDetail',
      key: '20240201abcd01',
      begins: true,
      model: {
        origin: { extension: null, number: '12125550188' },
        destination: { extension: '1001' },
        startedAt: new Date(1_706_778_902_000),
        answeredAt: new Date(1_706_778_910_000),
        talkSeconds: 92,
      },
    },
  ],
  [
    'call_recording',
    {
      orig_callid: 'c1f0',
      term_callid: 't77a',
      status: 'converted',
      download_url: 'https://x.example.test/secret',
    },
    {
      noun: 'CallRecording',
      key: 'c1f0 t77a',
      begins: true,
      model: { domain: ACME, originCallId: 'c1f0', destinationCallId: 't77a', status: 'converted' },
    },
  ],
  [
    'call_recording',
    { call_id: 'c1f0', status: 'converted' },
    { key: 'c1f0 ', model: { originCallId: 'c1f0' } },
  ],
];

it.each(models)('an event of %s is read (%j)', (model, row, expected) => {
  const change = readOne(model, row, ['message', 'messagesession'].includes(model) ? '1001' : undefined);
  expect(change).toMatchObject(expected);
  expect(JSON.stringify(change)).not.toMatch(/4711|not for anybody|secret|remotepath/);
});

it.each<readonly [Model, object]>([
  ['call_origid', { orig_user: '1001' }],
  ['subscriber', { domain: ACME }],
  ['presence', { presence: 'open' }],
  ['message', { id: '17' }],
  ['message', { session_id: 'lunch', text: 'Hungry?' }],
  ['messagesession', { session_name: 'Lunch' }],
  ['agent', { huntgroup_name: '800' }],
  ['agent', { device_aor: 'sip:1001@x' }],
  ['cdr', { time_start: '1706778902' }],
  ['call_recording', { status: 'converted' }],
])('an event of %s that does not say of what it is tells nothing (%j)', (model, row) => {
  expect(read(model, row, '1001')).toEqual({ changes: [], unreadable: 0 });
});

describe('a delivery', () => {
  it('may be a list, or one row', () => {
    expect(read('call_origid', [call, { ...call, orig_callid: 'other' }]).changes).toHaveLength(2);
    expect(read('call_origid', call).changes).toHaveLength(1);
  });

  it('is read as far as it can be', () => {
    const { changes, unreadable } = read('call_origid', [null, 'text', 7, [], call]);
    expect(changes).toHaveLength(1);
    expect(unreadable).toBe(4);
  });
});
