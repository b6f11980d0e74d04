import { expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { withGateway } from '../helpers/gateway.ts';
import { ACME } from '../helpers/legacy.ts';

const query = `{
  viewer {
    cloudlink { environment userId name email role roleText expiresAt user { name } account { number } }
    subscriber { uid login domainName scope scopeText expiresAt subscriber { name } domain { description } }
  }
}`;

it('tells who the caller is on each platform', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn();
  await gateway.bill();
  const { data, errors } = await gateway.execute(query, session);
  expect(errors).toEqual([]);
  expect(data?.['viewer']).toEqual({
    cloudlink: {
      environment: 'CUSTOM',
      userId: guid(2, 1),
      name: 'Ada Example',
      email: 'ada@example.test',
      role: 'ACCOUNT_ADMIN',
      roleText: 'ACCOUNT_ADMIN',
      expiresAt: expect.stringMatching(/Z$/),
      user: { name: 'Ada Example' },
      account: { number: '100200300' },
    },
    subscriber: {
      uid: `1001@${ACME}`,
      login: expect.toBeOneOf([`1001@${ACME}`, null]),
      domainName: ACME,
      scope: 'OFFICE_MANAGER',
      scopeText: 'Office Manager',
      expiresAt: expect.stringMatching(/Z$/),
      subscriber: { name: 'Ada Example' },
      domain: { description: 'Acme Ltd' },
    },
  });
  expect((await gateway.bill()).toSorted()).toEqual([
    'GET /accounts/{accountId}',
    'GET /accounts/{accountId}/users/{userId}',
    'domain read',
    'subscriber read',
  ]);
});

it('tells when the tokens end: in the future, and within the lives that were promised', async () => {
  const gateway = await withGateway();
  const session = await gateway.signIn('grace');
  const { data } = await gateway.execute(
    '{ viewer { cloudlink { expiresAt } subscriber { expiresAt } } }',
    session,
  );
  const { cloudlink, subscriber } = data?.['viewer'] ?? {};
  for (const { expiresAt } of [cloudlink, subscriber]) {
    const left = new Date(expiresAt).getTime() - Date.now();
    expect(left).toBeGreaterThan(3_000_000);
    expect(left).toBeLessThanOrEqual(4_100_000);
  }
});

it('fails on the one platform that has no token, and answers for the other', async () => {
  const gateway = await withGateway();
  const { cloudlink } = await gateway.tokens('ben');
  const { data, errors } = await gateway.execute(
    '{ viewer { cloudlink { name role } subscriber { uid } } }',
    cloudlink,
  );
  expect(data?.['viewer']).toEqual({ cloudlink: { name: 'Ben Carter', role: 'USER' }, subscriber: null });
  expect(errors).toMatchObject([
    { path: ['viewer', 'subscriber'], extensions: { code: 'UNAUTHENTICATED', platform: 'subscriber' } },
  ]);
});

it('is there for nobody in particular', async () => {
  const gateway = await withGateway();
  const { data, errors } = await gateway.execute('{ viewer { __typename } }');
  expect(errors).toEqual([]);
  expect(data).toEqual({ viewer: { __typename: 'Viewer' } });
  expect(await gateway.bill()).toEqual([]);
});
