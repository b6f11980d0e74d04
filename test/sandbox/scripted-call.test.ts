import { expect, test } from 'vitest';
import { beginCall as beginOnCloudlink } from '../../src/sandbox/cloudlink/scripted-call.ts';
import { seedStore } from '../../src/sandbox/cloudlink/seed.ts';
import { createCompany } from '../../src/sandbox/company.ts';
import { parseCallScenario } from '../../src/sandbox/call-scenario.ts';
import { finishCall } from '../../src/sandbox/netsapiens/call-simulation.ts';
import { beginCall as beginOnNetsapiens } from '../../src/sandbox/netsapiens/scripted-call.ts';
import { seedState } from '../../src/sandbox/netsapiens/seed.ts';

const NOW = Date.UTC(2026, 5, 1, 12);
const company = createCompany();
const { call } = parseCallScenario({ from: '1001', to: '1002' }, company);
const now = () => NOW;

test('on CloudLink a call that has been ended through the API stays ended', () => {
  const store = seedStore(company, NOW);
  const { switchboard } = store.media;
  const running = beginOnCloudlink(store, call, now);
  const seen = switchboard.find(call.account.accountId, '1002', '40002');
  if (running === undefined || seen === undefined) throw new Error('The call does not ring');
  switchboard.commit([seen.call], [{ ...seen.call, endedAt: NOW }], NOW);
  const changes: unknown[] = [];
  switchboard.onChange((change) => changes.push(change));
  running.move('connected');
  expect(changes).toEqual([]);
});

test('on the legacy platform a call that has been ended through the API stays ended', () => {
  const state = seedState(company, NOW);
  const running = beginOnNetsapiens(state, call, now);
  const live = state.calls.get(String(running?.ids['origCallid']));
  if (running === undefined || live === undefined) throw new Error('The call does not ring');
  finishCall(state, live, NOW, 'Orig: Cancel');
  const changes: unknown[] = [];
  state.listeners.push((object) => changes.push(object));
  running.move('connected');
  expect(changes).toEqual([]);
});

test('nothing happens to a played call by itself', () => {
  const [store, state] = [seedStore(company, NOW), seedState(company, NOW)];
  beginOnCloudlink(store, call, now)?.move('connected');
  const running = beginOnNetsapiens(state, call, now);
  running?.move('connected');
  store.media.switchboard.advance(NOW + 3_600_000);
  expect(store.media.switchboard.seenIn(call.account.accountId)).toHaveLength(2);
  expect(state.calls.get(String(running?.ids['origCallid']))).toMatchObject({
    answersAt: null,
    endsAt: null,
  });
});

test('a platform that knows nobody in a call has no part in it', () => {
  const outside = parseCallScenario({ from: '+12125550188', to: 'ruth.remote@example.test' }, company).call;
  expect(beginOnCloudlink(seedStore(company, NOW), outside, now)).toBeUndefined();
  expect(beginOnNetsapiens(seedState(company, NOW), outside, now)).toBeUndefined();
});

test('an extension that two companies have is that of the other end', () => {
  const { from, account } = parseCallScenario({ from: '1002', to: 'grace@example.test' }, company).call;
  expect([from.person?.domain, account.name]).toEqual(['globex.67890.service', 'Globex GmbH']);
  const { to } = parseCallScenario({ from: 'grace@example.test', to: '1002' }, company).call;
  expect(to.person?.domain).toBe('globex.67890.service');
});
