import { expect, test } from 'vitest';
import { CANARY } from '../../../../src/sandbox/company.ts';
import { RESELLER_LOGIN, SUPER_USER_LOGIN } from '../../../../src/sandbox/netsapiens/index.ts';
import { ACME, ADA, BEN, GLOBEX, start } from '../start.ts';

const open = async () => {
  const platform = await start();
  const names = async (login: string, fields: Record<string, string> = {}) => {
    const rows = await platform.rows(await platform.logIn(login), {
      object: 'domain',
      action: 'read',
      ...fields,
    });
    return rows.map(({ domain }) => domain);
  };
  const status = async (login: string, fields: Record<string, string> = {}) =>
    (await platform.call(await platform.logIn(login), { object: 'domain', action: 'read', ...fields }))
      .status;
  return { ...platform, names, status };
};

test('a domain that is not named is all that are visible, which differs by scope', async () => {
  const { names, status } = await open();
  expect(await names(ADA)).toEqual([ACME]);
  expect(await names(RESELLER_LOGIN, { domain: '' })).toEqual([ACME]);
  expect(await names(SUPER_USER_LOGIN)).toEqual([ACME, GLOBEX]);
  expect(await status(BEN)).toBe(403);
});

test('a name that nobody has gives nothing, one out of scope is refused', async () => {
  const { names, status } = await open();
  expect(await names(RESELLER_LOGIN, { domain: 'nowhere.12345.service' })).toEqual([]);
  expect(await status(RESELLER_LOGIN, { domain: GLOBEX })).toBe(403);
  expect(await status(ADA, { domain: GLOBEX })).toBe(403);
  expect(await status(BEN, { domain: ACME })).toBe(403);
});

test('domains are sorted and cut like users', async () => {
  const { names } = await open();
  expect(await names(SUPER_USER_LOGIN, { sort: 'domain desc', limit: '1' })).toEqual([GLOBEX]);
});

test('a domain has its settings, its gauges and a secret', async () => {
  const { rows, logIn } = await open();
  const [record] = await rows(await logIn(ADA), { object: 'domain', action: 'read', domain: ACME });
  expect(record).toMatchObject({
    domain: ACME,
    territory: '12345',
    description: 'Acme Ltd',
    area_code: '212',
    callid_nmbr: '12125550100',
    max_fax: '-1',
    policies: 'active',
    sub_count: '51',
  });
  expect(record?.smtp_pwd).toContain(CANARY);
  expect(record).not.toHaveProperty('current_user');
});

test('billing adds what is in use', async () => {
  const { rows, logIn } = await open();
  const fields = { object: 'domain', action: 'read', domain: ACME, billing: 'yes' };
  expect(await rows(await logIn(ADA), fields)).toEqual([
    expect.objectContaining({
      current_user: '42',
      current_call_queue: '2',
      current_aa: '1',
      current_conference: '1',
      current_department: '4',
      current_site: '2',
    }),
  ]);
});

test('domains are counted within the scope', async () => {
  const { call, logIn } = await open();
  const count = async (login: string, fields = {}): Promise<unknown> =>
    (await call(await logIn(login), { object: 'domain', action: 'count', ...fields })).json();
  expect(await count(SUPER_USER_LOGIN)).toEqual({ total: '2' });
  expect(await count(SUPER_USER_LOGIN, { territory: '67890' })).toEqual({ total: '1' });
  expect(await count(RESELLER_LOGIN, { domain: '*' })).toEqual({ total: '1' });
});
