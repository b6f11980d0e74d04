import { expect, test } from 'vitest';
import { ACME, BEN, GLOBEX, startWith, toTime } from '../start.ts';

const aor = (user: string) => `sip:${user}@${ACME}`;

const open = async () => {
  const platform = await startWith('agent');
  const find = async (user: string, queue_name = '800') =>
    (await platform.read({ domain: ACME, queue_name, device: aor(user) }))[0];
  return { ...platform, find, ben: await platform.logIn(BEN) };
};

test('an agent has its queue, its state, its owner and its calls', async () => {
  const { find } = await open();
  expect(await find('1002')).toMatchObject({
    device_aor: aor('1002'),
    huntgroup_name: '800',
    huntgroup_domain: ACME,
    entry_option: 'immediate',
    entry_status: 'available',
    owner_user: '1002',
    owner_domain: ACME,
    session_count: '1',
    stat: 'oncall',
    sub_fullname: 'Ben Carter',
    sub_login: BEN,
  });
  expect(await find('1001')).toMatchObject({ session_count: '0', stat: 'available' });
});

test('agents are read for one queue or for a list of them', async () => {
  const { read, status } = await open();
  expect(await read({ domain: ACME, queue_name: '800' })).toHaveLength(8);
  const listed = await read({ domain: ACME, queue_list: '800,803' });
  expect(listed).toHaveLength(8 + 6);
  expect(new Set(listed.map(({ huntgroup_name }) => huntgroup_name))).toEqual(new Set(['800', '803']));
  expect(await read({ domain: ACME, queue_list: '800,803', device: '1002' })).toHaveLength(2);
  expect(await status('read', { domain: ACME })).toBe(400);
});

test('a period gives those who changed within so many seconds', async () => {
  const { read, status, clock, find } = await open();
  const recent = { domain: ACME, queue_name: '800', period: '60' };
  expect(await read(recent)).toEqual([]);
  await status('update', { domain: ACME, queue: '800', device: aor('1003'), entry_action: 'make_ma' });
  expect((await read(recent)).map(({ owner_user }) => owner_user)).toEqual(['1003']);
  expect((await find('1003'))?.last_update).toBe(toTime(clock.now()));
});

test('agents log in everywhere, and out or to one call in a queue', async () => {
  const { find, status, ben } = await open();
  const act = (entry_action: string, fields = {}) =>
    status('update', { domain: ACME, queue: '800', device: aor('1002'), entry_action, ...fields }, ben);
  expect(await act('make_ma')).toBe(202);
  expect(await find('1002')).toMatchObject({
    entry_option: 'manual',
    entry_status: 'offline',
    stat: 'offline',
  });
  expect(await find('1002', '803')).toMatchObject({ entry_option: 'immediate' });
  expect(await act('make_ma', { queue: '803' })).toBe(202);
  expect(await act('make_im')).toBe(202);
  expect(await find('1002')).toMatchObject({ entry_option: 'immediate', entry_status: 'available' });
  expect(await find('1002', '803')).toMatchObject({ entry_option: 'immediate' });
  expect(await act('make_av')).toBe(202);
  expect(await find('1002')).toMatchObject({ entry_option: 'available' });
  expect(await act('update', { entry_option: 'manual', wrap_up_sec: '30' })).toBe(202);
  expect(await find('1002')).toMatchObject({ entry_option: 'manual', wrap_up_sec: '30' });
});

test('a change names an agent, an action and an option that there are', async () => {
  const { status } = await open();
  const update = (fields: Record<string, string>) =>
    status('update', { domain: ACME, queue: '800', device: aor('1002'), entry_action: 'make_im', ...fields });
  expect(await update({ entry_action: 'make_tea' })).toBe(400);
  expect(await update({ entry_action: 'update', entry_option: 'never' })).toBe(400);
  expect(await update({ device: '' })).toBe(400);
  expect(await update({ device: aor('1009') })).toBe(404);
});

test('agents see and change themselves only', async () => {
  const { read, status, ben } = await open();
  expect((await read({ domain: ACME, queue_name: '800' }, ben)).map(({ owner_user }) => owner_user)).toEqual([
    '1002',
  ]);
  const other = { domain: ACME, queue: '800', device: aor('1001'), entry_action: 'make_ma' };
  expect(await status('update', other, ben)).toBe(403);
  expect(await status('read', { domain: GLOBEX, queue_name: '800' }, ben)).toBe(403);
});
