import { describe, expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { withGateway, type TestGateway } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME } from '../helpers/legacy.ts';

const USER = 'GET /accounts/{accountId}/users/{userId}';
const READ = 'subscriber read';

const acme = guid(1, 1);
const ada = `${acme}/${guid(2, 1)}`;
const personId = (user: string, subscriber: string) => globalId('both', 'Person', `${user},${subscriber}`);
const adaId = personId(ada, `${ACME}/1001`);

const WHOLE = `fragment Whole on Person {
  id name extension emails
  user { userId }
  subscriber { extension domainName }
}`;
const wholeAda = {
  id: adaId,
  name: 'Ada Example',
  extension: '1001',
  emails: ['ada@example.test'],
  user: { userId: guid(2, 1) },
  subscriber: { extension: '1001', domainName: ACME },
};

/** One field of the query, as somebody, with what it cost. */
const ask = async (
  gateway: TestGateway,
  session: Record<string, string>,
  query: string,
  variables: object = {},
) => {
  await gateway.bill();
  const answer = await gateway.execute(query, session, variables);
  return { ...answer, warnings: answer.extensions['warnings'], bill: await gateway.bill() };
};

describe('me', () => {
  it('is the caller on both platforms, for a request to each', async () => {
    const gateway = await withGateway();
    const { data, errors, bill } = await ask(gateway, await gateway.signIn(), `{ me { ...Whole } } ${WHOLE}`);
    expect(errors).toEqual([]);
    expect(data?.['me']).toEqual(wholeAda);
    expect(bill.toSorted()).toEqual([USER, READ].toSorted());
  });

  it('is the one in CloudLink, with a warning, where the tokens are of two people', async () => {
    const gateway = await withGateway();
    const [{ cloudlink }, { subscriber }] = [await gateway.tokens('ada'), await gateway.tokens('ben')];
    const headers = { ...cloudlink, ...subscriber };
    const { data, errors, warnings } = await ask(gateway, headers, '{ me { name user { userId } } }');
    expect(errors).toEqual([]);
    expect(data?.['me']).toEqual({ name: 'Ada Example', user: { userId: guid(2, 1) } });
    expect(warnings).toMatchObject([{ code: 'DIFFERENT_PEOPLE', path: ['me'] }]);
  });

  it.each([
    ['cloudlink', { user: { userId: guid(2, 1) }, subscriber: null }, 'subscriber'],
    ['subscriber', { user: null, subscriber: { extension: '1001' } }, 'cloudlink'],
  ] as const)('with a token of %s alone is half, with an error for the other', async (mine, half, theirs) => {
    const gateway = await withGateway();
    const tokens = await gateway.tokens();
    const { data, errors, warnings } = await ask(
      gateway,
      tokens[mine],
      '{ me { name emails user { userId } subscriber { extension } } }',
    );
    expect(data?.['me']).toEqual({ name: 'Ada Example', emails: ['ada@example.test'], ...half });
    expect(errors).toMatchObject([
      {
        path: ['me', mine === 'cloudlink' ? 'subscriber' : 'user'],
        extensions: { code: 'UNAUTHENTICATED', platform: theirs },
      },
    ]);
    expect(warnings).toMatchObject([{ code: 'PARTIAL_PERSON' }]);
  });

  it('is an error where a platform fails to say whose token it is, rather than half a person', async () => {
    const gateway = await withGateway();
    const { cloudlink, subscriber } = await gateway.tokens();
    await gateway.sandbox.fail({
      match: { platform: 'netsapiens', object: 'oauth2' },
      fault: { type: 'status', status: 500 },
    });
    const { data, errors } = await ask(gateway, { ...cloudlink, ...subscriber }, '{ me { name } }');
    expect(data).toEqual({ me: null });
    expect(errors).toMatchObject([
      { path: ['me'], extensions: { code: 'UPSTREAM_UNAVAILABLE', platform: 'subscriber' } },
    ]);
  });

  it('is refused without any token', async () => {
    const gateway = await withGateway();
    const { data, errors, bill } = await ask(gateway, {}, '{ me { name } }');
    expect(data).toEqual({ me: null });
    expect(errors).toMatchObject([{ path: ['me'], extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(bill).toEqual([]);
  });
});
