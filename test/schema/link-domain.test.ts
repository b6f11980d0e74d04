import { describe, expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { ACME, GLOBEX } from '../helpers/legacy.ts';

const USERS = 'GET /accounts/{accountId}/users';
const READ = 'subscriber read';
const acme = guid(1, 1);
const globex = guid(1, 2);

describe('ACCOUNT_DOMAINS', () => {
  const linked = async (gateway: TestGateway, session: Record<string, string>) => {
    await gateway.bill();
    const forth = await gateway.execute(
      '{ users(first: 2) { nodes { subscriber { extension } } } }',
      session,
    );
    const forthBill = await gateway.bill();
    const back = await gateway.execute('{ subscribers(first: 2) { nodes { user { name } } } }', session);
    expect([...forth.errors, ...back.errors]).toEqual([]);
    return {
      forth: forth.data?.['users'].nodes.map(({ subscriber }: any) => subscriber?.extension ?? null),
      back: back.data?.['subscribers'].nodes.map(({ user }: any) => user?.name ?? null),
      bills: [forthBill, await gateway.bill()],
      warnings: [forth, back].map(({ extensions }) => extensions['warnings']),
    };
  };
  // Leading Zero has only the extension in common with theirs, so that another subscriber could be nearer.
  const good = {
    forth: ['1001', '1002'],
    back: ['Leading Zero', 'Ada Example'],
    warnings: [undefined, undefined],
  };

  it.each([
    ['GUID', `${acme}=${ACME}`],
    ['GUID in capitals', `${acme.toUpperCase()}=${ACME}`],
    ['GUID, with the domain in capitals', `${acme}=${ACME.toUpperCase()}`],
    ['GUID among others', `${globex}=${GLOBEX},${acme}=${ACME}`],
  ])('names an account by its %s, which costs nothing', async (_how, pairs) => {
    const gateway = await withGateway({ env: { ACCOUNT_DOMAINS: pairs } });
    expect(await linked(gateway, await gateway.signIn())).toEqual({
      ...good,
      bills: [
        [USERS, READ],
        [READ, USERS, READ],
      ],
    });
  });

  it.each([
    ['alone', `100200300=${ACME}`],
    ['among others', `200300400=${GLOBEX},100200300=${ACME}`],
  ])('names an account by its number (%s), which is looked up once', async (_how, pairs) => {
    const gateway = await withGateway({ env: { ACCOUNT_DOMAINS: pairs } });
    expect(await linked(gateway, await gateway.signIn())).toEqual({
      ...good,
      bills: [
        [USERS, 'GET /accounts/{accountId}', READ],
        [READ, 'GET /accounts', USERS, READ],
      ],
    });
  });

  it('names an account by its GUID although another is named by its number', async () => {
    const gateway = await withGateway({ env: { ACCOUNT_DOMAINS: `200300400=${GLOBEX},${acme}=${ACME}` } });
    const { bills, ...result } = await linked(gateway, await gateway.signIn());
    expect(result).toEqual(good);
    expect(bills[0]).toEqual([USERS, READ]);
  });

  it.each([
    ['nothing', ''],
    ['only another account', `${globex}=${GLOBEX}`],
  ])('that holds %s gives one warning and no link, and asks for nothing', async (_what, pairs) => {
    const gateway = await withGateway({ env: { ACCOUNT_DOMAINS: pairs } });
    expect(await linked(gateway, await gateway.signIn())).toEqual({
      forth: [null, null],
      back: [null, null],
      bills: [[USERS], [READ]],
      warnings: [
        [
          {
            code: 'ACCOUNT_NOT_MAPPED',
            message: `ACCOUNT_DOMAINS does not say what belongs to account ${acme}: add the pair of account and domain.`,
            path: ['users', 'nodes', 0, 'subscriber'],
          },
        ],
        [
          {
            code: 'ACCOUNT_NOT_MAPPED',
            message: `ACCOUNT_DOMAINS does not say what belongs to domain ${ACME}: add the pair of account and domain.`,
            path: ['subscribers', 'nodes', 0, 'user'],
          },
        ],
      ],
    });
  });

  it('that leads to a domain of somebody else gives an error, not their data', async () => {
    const gateway = await withGateway({ env: { ACCOUNT_DOMAINS: `${acme}=${GLOBEX}` } });
    const { data, errors } = await gateway.execute(
      '{ users(first: 2) { nodes { name subscriber { name } } } }',
      await gateway.signIn(),
    );
    expect(data?.['users'].nodes.map(({ subscriber }: any) => subscriber)).toEqual([null, null]);
    expect(new Set(errors.map(({ extensions }) => extensions['code']))).toEqual(new Set(['FORBIDDEN']));
  });
});
