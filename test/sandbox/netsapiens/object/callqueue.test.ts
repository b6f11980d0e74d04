import { expect, test } from 'vitest';
import { ACME, BEN, explanation, GLOBEX, startWith } from '../start.ts';

const open = async () => {
  const platform = await startWith('callqueue');
  const names = async (fields = {}, token?: string) =>
    (await platform.read({ domain: ACME, ...fields }, token)).map(({ queue_name }) => queue_name);
  return { ...platform, names };
};

const overflow = { domain: ACME, queue: '804', huntgroup_option: 'Linear', description: 'Overflow' };

test('a domain has two queues with agents and a place to park', async () => {
  const { read, names } = await open();
  expect(await names({ sort: 'description ASC' })).toEqual(['700', '800', '803']);
  expect(await names({ type: 'park' })).toEqual(['700']);
  const [main] = await read({ domain: ACME, queue_name: '800' });
  expect(main).toMatchObject({
    queue_name: '800',
    domain: ACME,
    description: 'Main Queue',
    huntgroup_option: '1stAvail',
    wait_limit: '300',
    queuedcall_count: '1',
    agent_count: '8',
  });
});

test('queues are named one by one or by a list without blanks, and shortened by list and fields', async () => {
  const { read, names } = await open();
  expect(await names({ queue_list: '803,700' })).toEqual(['803', '700']);
  expect(await names({ queue_name: '800,803' })).toEqual([]);
  expect(await read({ domain: ACME, queue_name: '803', list: 'yes' })).toEqual([
    { queue_name: '803', description: 'Support Queue' },
  ]);
  expect(await read({ domain: ACME, queue_name: '803', fields: 'agent_count' })).toEqual([
    { agent_count: '6' },
  ]);
});

test('statistics are added by their names, over a window or back from now', async () => {
  const { read } = await open();
  const of = async (fields: Record<string, string>) =>
    (await read({ domain: ACME, queue_name: '800', stats: 'VOL,CH,TT,SL,NOPE', ...fields }))[0];
  const day = await of({});
  expect(Number(day?.VOL)).toBeGreaterThan(0);
  expect(Number(day?.CH)).toBeLessThanOrEqual(Number(day?.VOL));
  expect(Number(day?.SL)).toBe(Math.round((100 * Number(day?.CH)) / Number(day?.VOL)));
  expect(day).not.toHaveProperty('NOPE');
  expect(await of({ range_interval: '1 MINUTE' })).toMatchObject({ VOL: '0', CH: '0', TT: '0', SL: '100' });
  expect(await of({ start_date: '2000-01-01', end_date: '2000-01-02' })).toMatchObject({ VOL: '0' });
});

test('a caller who waits is counted while the call rings in the queue', async () => {
  const { read, call, ada } = await open();
  await call(ada, {
    object: 'call',
    action: 'call',
    callid: 'mine',
    uid: `1001@${ACME}`,
    destination: '803',
  });
  expect(await read({ domain: ACME, queue_name: '803' })).toMatchObject([{ queuedcall_count: '1' }]);
});

test('agents see their own queues, others none', async () => {
  const { names, status, logIn } = await open();
  expect(await names({}, await logIn(BEN))).toEqual(['800', '803']);
  expect(await names({}, await logIn(`1009@${ACME}`))).toEqual([]);
  expect(await names({ agent: `sip:1001@${ACME}` })).toEqual(['800']);
  expect(await status('read', { domain: GLOBEX })).toBe(403);
  expect(await status('create', overflow, await logIn(BEN))).toBe(403);
});

test('writes say queue where reads say queue_name', async () => {
  const { read, names, status } = await open();
  expect(await status('create', overflow)).toBe(202);
  expect(await read({ domain: ACME, queue_name: '804' })).toMatchObject([
    { description: 'Overflow', huntgroup_option: 'Linear', max_time: '60', agent_count: '0' },
  ]);
  expect(await status('create', overflow)).toBe(409);
  expect(await status('update', { domain: ACME, queue: '804', max_time: '5' })).toBe(202);
  expect(await read({ domain: ACME, queue_name: '804' })).toMatchObject([
    { description: 'Overflow', max_time: '5' },
  ]);
  expect(await status('delete', { domain: ACME, queue: '804' })).toBe(202);
  expect(await names()).not.toContain('804');
  expect(await status('update', { domain: ACME, queue_name: '800' })).toBe(400);
});

test('a create says how calls are handed out, in one of five ways', async () => {
  const { ask, status } = await open();
  const { huntgroup_option: _option, ...rest } = overflow;
  expect(explanation(await ask('create', rest))).toMatchObject({
    status: 400,
    warning: 'Missing parameter: huntgroup_option',
  });
  expect(await status('create', { ...rest, huntgroup_option: 'Random' })).toBe(400);
  expect(await status('delete', { domain: ACME, queue: '999' })).toBe(404);
});

test('a deleted queue takes its agents along', async () => {
  const { status, rows, ada } = await open();
  const agents = { object: 'agent', action: 'read', domain: ACME, queue_name: '803' };
  await status('delete', { domain: ACME, queue: '803' });
  await status('create', { ...overflow, queue: '803' });
  expect(await rows(ada, agents)).toEqual([]);
});
