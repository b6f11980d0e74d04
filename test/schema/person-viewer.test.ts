import { describe, expect, it } from 'vitest';
import { guid } from '../../src/sandbox/company.ts';
import { withGateway } from '../helpers/gateway.ts';
import { USER, READ, WHOLE, wholeAda, ask } from '../helpers/person.ts';

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
