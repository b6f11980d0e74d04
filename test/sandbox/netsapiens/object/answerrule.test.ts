import { expect, test } from 'vitest';
import { ACME, ADA, BEN, GLOBEX, startWith } from '../start.ts';

const open = async () => {
  const platform = await startWith('answerrule');
  const frames = async (uid = BEN) => (await platform.read({ uid })).map(({ time_frame }) => time_frame);
  return { ...platform, frames, ben: await platform.logIn(BEN) };
};

test('everybody has the always-rule, others come before it', async () => {
  const { read, frames } = await open();
  expect(await frames(ADA)).toEqual(['Business Hours', '*']);
  expect(await frames(BEN)).toEqual(['*']);
  const [rule] = await read({ uid: ADA, time_frame: '*' });
  expect(Object.keys(rule ?? {})).toEqual([
    'user',
    'domain',
    'time_frame',
    'order',
    'enable',
    ...['sim', 'for', 'fbu', 'fna', 'fnr', 'foa', 'rej', 'acp'].flatMap((way) => [
      `${way}_control`,
      `${way}_parameters`,
    ]),
    'dnd_control',
  ]);
  expect(rule).toMatchObject({
    enable: 'yes',
    sim_control: 'e',
    sim_parameters: expect.stringMatching(/^1001 1001a \d+$/),
  });
  expect(await read({ user: '1001', domain: ACME, time_frame: '*' })).toEqual([rule]);
});

test('a rule is made with everything disabled but what is sent', async () => {
  const { read, status, ben } = await open();
  const fields = {
    uid: BEN,
    time_frame: 'Holidays',
    for_control: 'e',
    for_parameters: '12125550177',
    order: '1',
  };
  expect(await status('create', fields, ben)).toBe(202);
  expect(await read({ uid: BEN, time_frame: 'Holidays' })).toMatchObject([
    {
      user: '1002',
      domain: ACME,
      for_control: 'e',
      for_parameters: '12125550177',
      fbu_control: 'd',
      enable: 'yes',
    },
  ]);
  expect(await status('create', fields, ben)).toBe(409);
});

test('an update changes what is sent, a delete removes one rule', async () => {
  const { read, status, frames } = await open();
  const [before] = await read({ uid: ADA, time_frame: '*' });
  expect(await status('update', { uid: ADA, time_frame: '*', dnd_control: 'e' })).toBe(202);
  expect(await read({ uid: ADA, time_frame: '*' })).toEqual([{ ...before, dnd_control: 'e' }]);
  expect(await status('delete', { uid: ADA, time_frame: 'Business Hours' })).toBe(202);
  expect(await frames(ADA)).toEqual(['*']);
  expect(await status('update', { uid: ADA, time_frame: 'Business Hours', enable: 'no' })).toBe(404);
});

test('reordering puts the named rules first and answers 200', async () => {
  const { ask, status, frames, advance, change } = await open();
  for (const time_frame of ['Night', 'Holidays']) await status('create', { uid: BEN, time_frame });
  const key = { uid: BEN, user: '1002', domain: ACME };
  await change({ legacyWriteDelayMs: 500 });
  const answer = await ask('reorder', { ...key, priority: 'Holidays, *,Night' });
  expect([answer.status, await answer.text()]).toEqual([200, '']);
  expect(await frames()).not.toEqual(['Holidays', '*', 'Night']);
  await advance(500);
  expect(await frames()).toEqual(['Holidays', '*', 'Night']);
  expect(await status('reorder', key)).toBe(400);
});

test('a rule belongs to somebody who is there, and to nobody else', async () => {
  const { read, status, ben } = await open();
  expect(await status('read')).toBe(400);
  expect(await status('create', { uid: BEN })).toBe(400);
  expect(await status('create', { uid: `4711@${ACME}`, time_frame: 'x' })).toBe(404);
  expect(await read({ uid: ADA }, ben)).toEqual([]);
  expect(await status('update', { uid: ADA, time_frame: '*', dnd_control: 'e' }, ben)).toBe(403);
  expect(await status('reorder', { uid: ADA, user: '1001', domain: ACME, priority: '*' }, ben)).toBe(403);
  expect(await status('read', { uid: `2001@${GLOBEX}` })).toBe(403);
});
