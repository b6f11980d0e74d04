import { expect, test } from 'vitest';
import { RESELLER_LOGIN, SUPER_USER_LOGIN } from '../../../src/sandbox/netsapiens/index.ts';
import { ACME, ADA, BEN, explanation, GLOBEX, start } from './start.ts';

const read = { object: 'subscriber', action: 'read' };
const OUT_OF_SCOPE = 'The request is outside of your scope.';
const AGENT = `1013@${ACME}`;
const SUPERVISOR = `1016@${ACME}`;
const SITE_MANAGER = `1017@${ACME}`;
const UNKNOWN_SCOPE = `1018@${ACME}`;

const open = async (switches = {}) => {
  const platform = await start(switches);
  const asked = async (login: string, fields: Record<string, string>) =>
    platform.call(await platform.logIn(login), fields);
  const users = async (login: string, fields: Record<string, string>) =>
    (await platform.rows(await platform.logIn(login), fields)).map(({ user }) => user);
  return { ...platform, asked, users };
};

test('low scopes and unknown ones see only themselves in their domain', async () => {
  const { users, asked } = await open();
  for (const login of [BEN, AGENT, SUPERVISOR, UNKNOWN_SCOPE]) {
    expect(await users(login, { ...read, domain: ACME })).toEqual([login.split('@')[0]]);
    const count = await asked(login, { object: 'subscriber', action: 'count', domain: ACME });
    expect(await count.json()).toEqual({ total: '1' });
  }
  expect(await users(BEN, { ...read, uid: ADA })).toEqual([]);
});

test('low scopes see the whole light directory of their domain', async () => {
  const { users, asked } = await open();
  const list = { object: 'subscriber', action: 'list' };
  expect(await users(BEN, { ...list, domain: ACME })).toHaveLength(51);
  expect((await asked(BEN, { ...list, domain: GLOBEX })).status).toBe(403);
});

test('a site manager sees the own site', async () => {
  const { rows, logIn } = await open();
  const seen = await rows(await logIn(SITE_MANAGER), { ...read, domain: ACME });
  expect(new Set(seen.map(({ site }) => site))).toEqual(new Set(['Harbour']));
  expect(seen.length).toBeGreaterThan(1);
});

test('another domain is refused in the status line and the warning', async () => {
  const { asked } = await open();
  for (const login of [BEN, SITE_MANAGER, ADA, RESELLER_LOGIN]) {
    for (const key of [{ domain: GLOBEX }, { uid: `2001@${GLOBEX}` }, { login: `2001@${GLOBEX}` }]) {
      expect(explanation(await asked(login, { ...read, ...key }))).toEqual({
        status: 403,
        statusText: `Forbidden ${OUT_OF_SCOPE}`,
        warning: OUT_OF_SCOPE,
      });
    }
  }
});

test('what is out of scope is unauthorized or empty by switch', async () => {
  const { asked, change } = await open({ legacyOutOfScope: '401' });
  expect(explanation(await asked(ADA, { ...read, domain: GLOBEX }))).toMatchObject({
    status: 401,
    warning: OUT_OF_SCOPE,
  });
  await change({ legacyOutOfScope: 'empty' });
  const empty = await asked(ADA, { ...read, domain: GLOBEX });
  expect([empty.status, await empty.json()]).toEqual([200, []]);
});

test('a reseller sees the territory, a super user everything', async () => {
  const { users } = await open();
  expect(await users(RESELLER_LOGIN, { ...read, domain: ACME })).toHaveLength(51);
  expect(await users(SUPER_USER_LOGIN, { ...read, domain: GLOBEX })).toHaveLength(13);
  expect(await users(RESELLER_LOGIN, { ...read, domain: 'nowhere.12345.service' })).toEqual([]);
  expect(await users(RESELLER_LOGIN, { ...read, login: RESELLER_LOGIN })).toEqual(['reseller']);
});

test('an office manager learns no more of a domain that is not than of one that is', async () => {
  const { asked } = await open();
  const statuses = [GLOBEX, 'nowhere.12345.service'].map(
    async (domain) => (await asked(ADA, { ...read, domain })).status,
  );
  expect(await Promise.all(statuses)).toEqual([403, 403]);
});

test('users write a few columns of their own, and nothing of anybody else', async () => {
  const { asked } = await open();
  const update = { object: 'subscriber', action: 'update' };
  expect((await asked(BEN, { ...update, uid: BEN, message: 'Mine' })).status).toBe(202);
  expect((await asked(BEN, { ...update, uid: BEN, scope: 'Super User' })).status).toBe(403);
  expect((await asked(BEN, { ...update, uid: ADA, message: 'Yours' })).status).toBe(403);
  expect((await asked(ADA, { ...update, uid: BEN, call_limit: '1' })).status).toBe(202);
  expect((await asked(ADA, { ...update, uid: `2001@${GLOBEX}`, message: 'x' })).status).toBe(403);
});

test('creating takes an office manager, deleting a reseller', async () => {
  const { asked } = await open();
  const create = (user: string) => ({ object: 'subscriber', action: 'create', user, domain: ACME });
  expect((await asked(BEN, create('1098'))).status).toBe(403);
  expect((await asked(SITE_MANAGER, create('1098'))).status).toBe(403);
  expect((await asked(ADA, create('1098'))).status).toBe(202);
  const remove = { object: 'subscriber', action: 'delete', uid: `1098@${ACME}` };
  expect((await asked(ADA, remove)).status).toBe(403);
  expect((await asked(RESELLER_LOGIN, remove)).status).toBe(202);
  expect((await asked(RESELLER_LOGIN, { ...remove, uid: `2001@${GLOBEX}` })).status).toBe(403);
});
