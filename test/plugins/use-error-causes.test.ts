import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { gatherCauses, isUnexpected, maskError } from '../../src/errors.ts';
import { UpstreamError } from '../../src/upstream/errors.ts';
import { pathsOf } from '../helpers/error-path.ts';
import { withGateway } from '../helpers/gateway.ts';

/** The path of every null, lists included: where a client finds nothing. */
const nullsOf = (
  value: unknown,
  path: readonly (string | number)[] = [],
): (readonly (string | number)[])[] => {
  if (value === null) return [path];
  if (Array.isArray(value)) return value.flatMap((item, index) => nullsOf(item, [...path, index]));
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inner]) => nullsOf(inner, [...path, name]));
};

describe('one upstream request that fails', () => {
  it('is one error for all the aliases that waited for it, with their paths and places', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({ match: { object: 'domain' }, fault: { type: 'status', status: 403 } });
    const aliases = Array.from({ length: 100 }, (_, index) => `a${index}`);
    const { data, errors } = await gateway.execute(
      `{ ${aliases.map((alias) => `${alias}: domain { name }`).join(' ')} }`,
      session,
    );
    expect(errors).toEqual([
      {
        message: expect.stringContaining('does not allow'),
        path: ['a0'],
        locations: expect.any(Array),
        extensions: {
          code: 'FORBIDDEN',
          platform: 'subscriber',
          status: 403,
          retryable: false,
          paths: aliases.map((alias) => [alias]),
        },
      },
    ]);
    expect(nullsOf(data)).toEqual(pathsOf(errors));
  });

  it('is one error for the whole list, and each null in it is found by its path', async () => {
    const gateway = await withGateway({ users: 150 });
    const session = await gateway.signIn();
    await gateway.sandbox.fail({ match: { object: 'subscriber' }, fault: { type: 'status', status: 500 } });
    const { data, errors } = await gateway.execute(
      '{ users(first: 100) { nodes { subscriber { extension } } } }',
      session,
    );
    expect(errors).toMatchObject([{ path: ['users', 'nodes', 0, 'subscriber'] }]);
    expect(pathsOf(errors)).toHaveLength(100);
    expect(nullsOf(data)).toEqual(pathsOf(errors));
  });

  it('is told apart from another that fails, and from fields that answer', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({ match: { platform: 'netsapiens' }, fault: { type: 'status', status: 500 } });
    const { data, errors } = await gateway.execute(
      '{ a: domain { name } b: subscribers { nodes { name } } c: domain { name } account { number } d: subscribers { nodes { name } } }',
      session,
    );
    expect(data).toMatchObject({ account: { number: '100200300' } });
    expect(new Set(errors.map(({ extensions }) => extensions['paths']))).toEqual(
      new Set([
        [['a'], ['c']],
        [['b'], ['d']],
      ]),
    );
  });

  it('has no list of paths where it left one field empty', async () => {
    const gateway = await withGateway();
    const session = await gateway.signIn();
    await gateway.sandbox.fail({ match: { object: 'domain' }, fault: { type: 'status', status: 403 } });
    const { errors } = await gateway.execute('{ domain { name } }', session);
    expect(errors).toMatchObject([{ path: ['domain'] }]);
    expect(errors[0]?.extensions).not.toHaveProperty('paths');
  });
});

describe('errors', () => {
  const failure = () =>
    new UpstreamError({ code: 'NOT_FOUND', platform: 'cloudlink', message: 'There is no such thing.' });
  const at = (path: string, originalError: Error) =>
    new GraphQLError(originalError.message, { path: [path], originalError });

  it('that only say the same are several', () => {
    expect(gatherCauses([at('a', failure()), at('b', failure())])).toHaveLength(2);
    expect(gatherCauses([new GraphQLError('x'), new GraphQLError('x')])).toHaveLength(2);
  });

  it('that are a fault of the gateway are one as well, and as neutral', () => {
    const fault = new TypeError('a secret');
    const [masked, ...others] = gatherCauses([at('a', fault), at('b', fault)]).map(maskError);
    expect(others).toEqual([]);
    expect(masked && isUnexpected(masked)).toBe(true);
    expect(masked?.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', paths: [['a'], ['b']] });
    expect(masked?.message).not.toContain('secret');
  });

  it('that were thrown on purpose keep what they say', () => {
    const refusal = new GraphQLError('No.', { extensions: { code: 'BAD_USER_INPUT', argument: 'id' } });
    const [masked] = gatherCauses([at('a', refusal), at('b', refusal)]).map(maskError);
    expect(masked?.toJSON()).toMatchObject({
      message: 'No.',
      path: ['a'],
      extensions: { code: 'BAD_USER_INPUT', argument: 'id', paths: [['a'], ['b']] },
    });
  });
});
