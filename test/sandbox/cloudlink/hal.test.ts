import { describe, expect, it } from 'vitest';
import { toCollection } from '../../../src/sandbox/cloudlink/hal.ts';
import type { Call } from '../../../src/sandbox/cloudlink/service.ts';
import { createCompany } from '../../../src/sandbox/company.ts';
import { defaultSwitches } from '../../../src/sandbox/switches.ts';
import { ACME, ADA, ADMIN, acme, itemsOf, linksOf, userIdOf, withCloudlink } from './cloudlink.ts';

const inAcme = createCompany().people.filter(
  ({ accountId, cloudlink }) => accountId === acme.accountId && cloudlink !== undefined,
);
const USERS = `/2017-09-01/accounts/${acme.accountId}/users`;

const withUsers = async (switches = {}) => {
  const { send, signIn } = await withCloudlink(switches);
  const token = await signIn(ADA);
  const get = (query: string) => send('GET', `${ACME}/users${query}`, { token });
  return { get, getPath: (path: string) => send('GET', path, { token }) };
};

describe('a collection', () => {
  it('gives 20 items, their number, and links that start with the version', async () => {
    const { get } = await withUsers();
    const answer = await get('');
    expect(answer.body.count).toBe(20);
    expect(itemsOf(answer).map(({ userId }) => userId)).toEqual(
      inAcme.slice(0, 20).map(({ userId }) => userId),
    );
    expect(linksOf(answer.body)).toEqual({ self: USERS, next: `${USERS}?$skip=20&$top=20` });
    expect(linksOf(itemsOf(answer)[0] ?? {})).toEqual({ self: `${USERS}/${userIdOf(ADA)}` });
  });

  it('is followed to its end from the origin, each item once', async () => {
    const { getPath } = await withUsers();
    const found: unknown[] = [];
    let next: string | undefined = `${USERS}?$top=10`;
    while (next !== undefined) {
      const page = await getPath(next);
      expect(page.status).toBe(200);
      found.push(...itemsOf(page).map(({ userId }) => userId));
      next = linksOf(page.body).next;
    }
    expect(found).toEqual(inAcme.map(({ userId }) => userId));
  });

  it('ends in an empty page where the last one was full', async () => {
    const { get, getPath } = await withUsers();
    const full = await get(`?$top=${inAcme.length}`);
    expect(full.body.count).toBe(inAcme.length);
    const last = await getPath(linksOf(full.body).next ?? '');
    const self = `${USERS}?$skip=${inAcme.length}&$top=${inAcme.length}`;
    expect(last.body).toEqual({ count: 0, _links: { self } });
  });

  it('has an empty list where the switch wants one', async () => {
    const { get } = await withUsers({ cloudlinkOmitEmptyEmbedded: false });
    expect((await get('?$skip=500')).body).toMatchObject({ count: 0, _embedded: { items: [] } });
  });

  it('leaves blanks and quotes of the filter in next as they are, and next can be followed', async () => {
    const { get, getPath } = await withUsers();
    const filter = "role eq 'USER' and not contains(name,'&')";
    const first = await get(`?$filter=${encodeURIComponent(filter)}&$top=2`);
    const { next = '' } = linksOf(first.body);
    expect(next).toBe(`${USERS}?$skip=2&$top=2&$filter=role eq 'USER' and not contains(name,'%26')`);
    const second = await getPath(next);
    const users = inAcme.filter(({ cloudlink }) => cloudlink?.role === 'USER').map(({ userId }) => userId);
    expect(itemsOf(second).map(({ userId }) => userId)).toEqual(users.slice(2, 4));
  });

  it('gives at most 1000 however many are asked for', async () => {
    const { get } = await withUsers();
    const { body } = await get('?$top=10000');
    expect(body.count).toBe(inAcme.length);
    const { control, send, signIn } = await withCloudlink();
    await control('POST', '/reset', { users: 1100 });
    const large = await send('GET', `${ACME}/users?$top=10000`, { token: await signIn(ADA) });
    expect(large.body.count).toBe(1000);
    expect(linksOf(large.body).next).toBe(`${USERS}?$skip=1000&$top=1000`);
  });

  it('gives nothing, and no next, where nothing is asked for', async () => {
    const { get } = await withUsers();
    expect((await get('?$top=0')).body).toEqual({ count: 0, _links: { self: `${USERS}?$top=0` } });
  });

  it.each([
    ['?$filter=', 20],
    ['?$select=name&$count=true&whatever=1', 20],
    [`?$filter=${encodeURIComponent(`"email eq '${ADA}'"`)}`, 1],
    ["?$filter=extension+eq+'0012'", 1],
    ['?$filter=extension%20eq%20null', 3],
  ])('reads %s', async (query, count) => {
    const { get } = await withUsers();
    expect((await get(query)).body.count).toBe(count);
  });

  it('takes a chain of 50 ids', async () => {
    const { get } = await withUsers();
    const ids = inAcme.slice(0, 50).map(({ userId }) => `userId eq '${userId}'`);
    const { body } = await get(`?$top=100&$filter=${encodeURIComponent(ids.join(' or '))}`);
    expect(body.count).toBe(ids.length);
  });

  it('is sorted by $orderby', async () => {
    const { get } = await withUsers();
    const answer = await get('?$orderby=role%20asc,email%20desc&$top=3');
    expect(itemsOf(answer).map(({ email }) => email)).toEqual([
      ADA,
      'zoe@example.test',
      'victor.newscope@example.test',
    ]);
  });

  it.each(['?$filter=name', '?$top=x', '?$top=-1', '?$skip=1.5', '?$orderby=name%20up'])(
    'answers %s with 400',
    async (query) => {
      const { status, body } = await (await withUsers()).get(query);
      expect([status, body.name]).toEqual([400, 'BadRequestError']);
    },
  );

  it('does not filter by what it does not show', async () => {
    const { send, signIn } = await withCloudlink();
    const token = await signIn(ADA);
    const filter = encodeURIComponent("clientSecret eq 'sandbox-secret'");
    expect((await send('GET', `${ACME}/clients?$filter=${filter}`, { token })).body.count).toBe(0);
    expect(
      (await send('GET', `${ADMIN}/accounts?$filter=clientSecret%20eq%20null`, { token })).body.count,
    ).toBe(1);
  });
});

it('only the records of a page are turned into items', () => {
  const records = Array.from({ length: 5000 }, (_, number) => ({ number }));
  const shown: number[] = [];
  const query = new URLSearchParams({ $filter: 'number ge 1000', $skip: '10', $top: '3' });
  const call = { path: '/', query, switches: defaultSwitches } as Call;
  const { body } = toCollection(call, records, {
    show: ({ number }) => {
      shown.push(number);
      return { name: `n${number}` };
    },
  });
  expect(shown).toEqual([1010, 1011, 1012]);
  expect(body).toMatchObject({ count: 3, _embedded: { items: [{ name: 'n1010' }, {}, {}] } });
});
