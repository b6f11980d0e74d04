import { describe, expect, it } from 'vitest';
import { answered, ended, type LiveCall } from '../../../src/sandbox/cloudlink/live-call.ts';
import { createSwitchboard } from '../../../src/sandbox/cloudlink/switchboard.ts';

const accountId = 'account';
const ada = { number: '1001', name: 'Ada', userId: 'a', endpointId: '1001' };
const ben = { number: '1002', name: 'Ben', userId: 'b', endpointId: '1002' };
const chloe = { number: '1003', name: 'Chloe', userId: 'c', endpointId: '1003' };

const withSwitchboard = () => {
  const switchboard = createSwitchboard();
  const told: string[] = [];
  switchboard.onChange(({ endpointId, before, after, at }) =>
    told.push(`${at} ${endpointId} ${before?.state ?? 'new'} ${after.state} ${after.cause}`),
  );
  const gone: LiveCall[] = [];
  switchboard.onEnd((call) => gone.push(call));
  const begin = (party: typeof ada, at: number): LiveCall => {
    const caller = { party: ada };
    const call = switchboard.prepare(
      { accountId, caller, farEnd: { party }, cause: 'newCall', isRecorded: false },
      at,
    );
    switchboard.commit([], [call], at);
    return call;
  };
  return { switchboard, told, gone, begin };
};

describe('onChange', () => {
  it('is told of every view before and after, at the moment things were due, in that order', () => {
    const { switchboard, told, gone, begin } = withSwitchboard();
    begin(chloe, 0);
    begin(ben, 1000);
    switchboard.advance(100_000);
    expect(told).toEqual([
      '0 1001 new connected newCall',
      '0 1003 new ringing newCall',
      '1000 1001 new connected newCall',
      '1000 1002 new ringing newCall',
      '4000 1001 connected connected newCall',
      '4000 1002 ringing connected newCall',
      '30000 1001 connected completed callNotAnswer',
      '30000 1003 ringing completed callNotAnswer',
    ]);
    expect(gone.map(({ to, endedAt }) => [to.party.number, endedAt])).toEqual([['1003', 30_000]]);
  });

  it('is told of a leg that goes on in another call as of one that changed, not one that ended', () => {
    const { switchboard, told, begin } = withSwitchboard();
    const call = begin(ben, 0);
    const talking = answered(call, 1000);
    switchboard.commit([call], [talking], 1000);
    told.length = 0;
    const moved = switchboard.prepare(
      { accountId, caller: talking.to, farEnd: { party: chloe }, cause: 'transfer', isRecorded: false },
      2000,
    );
    switchboard.commit([talking], [ended(talking, 2000), moved], 2000);
    expect(told).toEqual([
      '2000 1001 connected completed newCall',
      '2000 1002 connected connected transfer',
      '2000 1003 new ringing transfer',
    ]);
  });
});
