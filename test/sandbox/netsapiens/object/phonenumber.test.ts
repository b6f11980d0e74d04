import { expect, test } from 'vitest';
import { SUPER_USER_LOGIN } from '../../../../src/sandbox/netsapiens/index.ts';
import { ACME, BEN, GLOBEX, startWith } from '../start.ts';

const open = async () => {
  const platform = await startWith('phonenumber');
  const rules = async (fields = {}, token?: string) =>
    (await platform.read({ dialplan: 'DID Table', ...fields }, token)).map(({ matchrule }) => matchrule);
  return { ...platform, rules };
};

test('a number leads to a user, an attendant, a queue or nobody', async () => {
  const { read } = await open();
  const of = async (digits: string) =>
    (await read({ dialplan: 'DID Table', matchrule: `sip:${digits}@*` }))[0];
  expect(await of('12125551001')).toEqual({
    matchrule: 'sip:12125551001@*',
    dialplan: 'DID Table',
    enable: 'yes',
    to_user: '1001',
    to_host: ACME,
    responder: 'sysUser',
    plan_description: 'Acme Ltd',
    tod_from: '*',
    tod_to: '*',
    dow: '*',
    valid_from: '',
    valid_to: '',
  });
  expect(await of('12125550100')).toMatchObject({ to_user: '801' });
  expect(await of('12125559901')).toMatchObject({ to_user: '800' });
  expect(await of('12125559902')).toMatchObject({ to_user: '', enable: 'no' });
  expect(await of('12125550012')).toMatchObject({ to_user: '0012' });
});

test('matchrules are found by a pattern, numbers by their domain', async () => {
  const { rules, logIn } = await open();
  expect(await rules({ matchrule_LIKE: '%5551001%' })).toEqual(['sip:12125551001@*']);
  expect(await rules({ matchrule_LIKE: 'sip:121255599%', sort: 'matchrule' })).toEqual([
    'sip:12125559901@*',
    'sip:12125559902@*',
  ]);
  expect(await rules({ matchrule_LIKE: '5551001' })).toEqual([]);
  expect(await rules({ matchrule_LIKE: 'sip:.*' })).toEqual([]);
  const globex = await rules({ dest_domain: GLOBEX }, await logIn(SUPER_USER_LOGIN));
  expect(globex).toContain('sip:49305552001@*');
  expect(await rules()).toHaveLength(42 + 3);
});

test('the dial plan is named, and numbers are for office managers', async () => {
  const { rules, status, logIn } = await open();
  expect(await status('read')).toBe(400);
  expect(await rules({ dialplan: 'Other Table' })).toEqual([]);
  expect(await status('read', { dialplan: 'DID Table' }, await logIn(BEN))).toBe(403);
  expect(await status('read', { dialplan: 'DID Table', dest_domain: GLOBEX })).toBe(403);
});
