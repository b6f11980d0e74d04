import { expect, test } from 'vitest';
import { ACME, BEN, GLOBEX, startWith } from '../start.ts';

const open = () => startWith('site');

test('sites are read, listed and counted; nobody is at n/a', async () => {
  const { read, json } = await open();
  const sites = [
    { site: 'Harbour', domain: ACME },
    { site: 'Uptown', domain: ACME },
  ];
  expect(await read({ domain: ACME, sort: 'site' })).toEqual(sites);
  expect(await json('list', { domain: ACME, sort: 'site' })).toEqual(sites);
  expect(await read({ domain: ACME, site: 'harbour' })).toEqual([sites[0]]);
  expect(await json('count', { domain: ACME })).toEqual({ total: '2' });
});

test('billing counts what a site has', async () => {
  const { read, rows, ada } = await open();
  const [site] = await read({ domain: ACME, site: 'Harbour', billing: 'yes' });
  const people = await rows(ada, { object: 'subscriber', action: 'read', domain: ACME, srv_code: '' });
  const users = new Set(people.filter(({ site }) => site === 'Harbour').map(({ user }) => user));
  const devices = (await rows(ada, { object: 'device', action: 'read', domain: ACME })).filter(
    ({ subscriber_name }) => users.has(subscriber_name),
  );
  expect(site).toEqual({
    site: 'Harbour',
    domain: ACME,
    current_user: String(users.size),
    current_queues: '0',
    current_device: String(devices.length),
    current_registered_device: String(devices.filter(({ mode }) => mode === 'registered_endpoint').length),
    current_calls: expect.stringMatching(/^[1-9]\d*$/),
  });
});

test('a site manager sees the own site, a basic user none', async () => {
  const { read, status, logIn } = await open();
  const manager = await logIn(`1017@${ACME}`);
  expect(await read({ domain: ACME }, manager)).toEqual([{ site: 'Harbour', domain: ACME }]);
  expect(await status('read', { domain: ACME }, await logIn(BEN))).toBe(403);
  expect(await status('read', { domain: GLOBEX }, manager)).toBe(403);
});
