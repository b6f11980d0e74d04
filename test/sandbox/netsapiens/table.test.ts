import { expect, test } from 'vitest';
import { createCompany } from '../../../src/sandbox/company.ts';
import {
  advanceCalls,
  finishCall,
  putCall,
  ringing,
  toParty,
} from '../../../src/sandbox/netsapiens/call-simulation.ts';
import type { LiveCall } from '../../../src/sandbox/netsapiens/live-call.ts';
import { seedState } from '../../../src/sandbox/netsapiens/seed.ts';
import { ACME } from './start.ts';

const NOW = Date.UTC(2026, 5, 1, 12);

const open = () => {
  const state = seedState(createCompany(), NOW);
  const changes: (readonly [string, boolean])[] = [];
  const records: unknown[] = [];
  state.listeners.push((object, record, removed) => {
    changes.push([object, removed]);
    records.push(record);
  });
  return { state, changes, records };
};

const toCall = (state: ReturnType<typeof seedState>, destination: string): LiveCall => {
  const term = toParty(state, ACME, destination);
  return {
    origCallid: 'mine-1',
    termCallid: 'mine-1-t',
    domain: ACME,
    orig: toParty(state, ACME, '1001'),
    term,
    dialed: destination,
    by: null,
    beganAt: NOW,
    answeredAt: null,
    origInfo: 'Progressing',
    termInfo: 'Alerting',
    isRecording: false,
    wasRecorded: false,
    ...ringing(state, ACME, term, NOW),
  };
};

test('nobody is told of what a table starts with', () => {
  const { state, changes } = open();
  expect(state.devices.size).toBeGreaterThan(0);
  expect(state.contacts.size).toBeGreaterThan(0);
  expect(changes).toEqual([]);
});

test('a listener is told of every change with the record, and of a removal with what it was', () => {
  const { state, changes, records } = open();
  const [[key, contact] = ['', undefined]] = state.contacts;
  if (contact === undefined) throw new Error('Nobody has a contact');
  const changed = { ...contact, company: 'Newco' };
  state.contacts.set(key, changed);
  state.contacts.delete(key);
  state.contacts.delete(key);
  expect(changes).toEqual([
    ['contact', false],
    ['contact', true],
  ]);
  expect(records).toEqual([changed, changed]);
});

test('a call that goes by itself tells of each of its states, of the presence, and of its end', () => {
  const { state, changes, records } = open();
  putCall(state, toCall(state, '12125550177'), NOW);
  advanceCalls(state, NOW + 6_000);
  advanceCalls(state, NOW + 600_000);
  expect(changes).toEqual([
    ['call', false],
    ['subscriber', false],
    ['call', false],
    ['subscriber', false],
    ['call', true],
    ['cdr2', false],
    ['subscriber', false],
  ]);
  expect(records[1]).toMatchObject({ user: '1001', presence: 'progressing' });
  expect(records[3]).toMatchObject({ user: '1001', presence: 'inuse' });
  expect(records[6]).toMatchObject({ user: '1001', presence: 'open' });
});

test('a call that is ended is told at the second it ends', () => {
  const { state, records } = open();
  const call = toCall(state, '1003');
  putCall(state, call, NOW);
  finishCall(state, call, NOW + 4_000, 'Orig: Cancel');
  expect(records).toContainEqual(
    expect.objectContaining({ origCallid: 'mine-1', answeredAt: null, releasedAt: NOW + 4_000 }),
  );
});
