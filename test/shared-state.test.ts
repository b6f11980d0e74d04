import { expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../src/config.ts';
import { createLogger } from '../src/logger.ts';
import { startServer } from '../src/server.ts';
import { sandboxSettings, withGateway, type Answer } from './helpers/gateway.ts';
import { isRedisMissing, redisHint, withRedis } from './helpers/redis.ts';

const USERS = '{ users(first: 1) { nodes { name } } }';

/** One more instance beside a gateway. */
const startOther = async (sandboxUrl: string, redisUrl: string) => {
  const config = parseConfig({ ...sandboxSettings(sandboxUrl), REDIS_URL: redisUrl });
  const server = await startServer(config, createLogger('silent'));
  onTestFinished(async () => {
    await server.stop();
  });
  return async (query: string, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as Pick<Answer, 'data'> & Partial<Pick<Answer, 'errors'>>;
  };
};

const codesOf = ({ errors = [] }: Partial<Pick<Answer, 'errors'>>) =>
  errors.map(({ extensions }) => extensions['code']);

it.skipIf(isRedisMissing)(
  `a session of one instance is one of all, is renewed once, and ends on all${redisHint}`,
  async () => {
    const redis = await withRedis();
    const gateway = await withGateway({ env: { REDIS_URL: redis.url } });
    const execute = await startOther(gateway.sandbox.url, redis.url);
    await expect
      .poll(async () => codesOf(await execute('mutation { signOut }', { authorization: 'gws_none' })))
      .toEqual([]);
    await expect
      .poll(async () => codesOf(await gateway.execute('mutation { signOut }', { authorization: 'gws_none' })))
      .toEqual([]);
    const session = await gateway.signIn();
    expect((await execute(USERS, session)).data).toEqual((await gateway.execute(USERS, session)).data);

    await gateway.sandbox.control('POST', '/clock', { advanceMs: 2 * 60 * 60 * 1000 });
    await gateway.sandbox.control('DELETE', '/requests');
    const both = Array.from({ length: 40 }, (_, index) =>
      index % 2 === 0 ? execute(USERS, session) : gateway.execute(USERS, session),
    );
    expect((await Promise.all(both)).flatMap(codesOf)).toEqual([]);
    expect(await gateway.sandbox.requests('route=POST%20/token')).toHaveLength(1);

    expect((await execute('mutation { signOut }', session)).data).toEqual({ signOut: true });
    expect(codesOf(await gateway.execute(USERS, session))).toEqual(['UNAUTHENTICATED']);
  },
);

it.skipIf(isRedisMissing)(
  `the same key on two instances at once has one effect and one answer${redisHint}`,
  async () => {
    const redis = await withRedis();
    const gateway = await withGateway({ env: { REDIS_URL: redis.url } });
    const execute = await startOther(gateway.sandbox.url, redis.url);
    const { cloudlink: headers } = await gateway.tokens();
    const create = `mutation { createConversation(input: { name: "Once", participants: [] }, clientMutationKey: "once") {
    __typename ... on CreateConversationSuccess { data { id name } } ... on Rejection { code message } } }`;
    await expect
      .poll(async () => codesOf(await execute('mutation { signOut }', { authorization: 'gws_none' })))
      .toEqual([]);
    await expect
      .poll(async () => codesOf(await gateway.execute('mutation { signOut }', { authorization: 'gws_none' })))
      .toEqual([]);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        index % 2 === 0 ? execute(create, headers) : gateway.execute(create, headers),
      ),
    );
    expect(answers.flatMap(codesOf)).toEqual([]);
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect(answers[0]?.data).toMatchObject({ createConversation: { data: { name: 'Once' } } });
    expect((await gateway.bill()).filter((request) => request.startsWith('POST'))).toHaveLength(1);
  },
);

it.skipIf(isRedisMissing)(
  `while Redis is away or hangs, tokens that are passed through go on as if nothing had happened${redisHint}`,
  async () => {
    const redis = await withRedis({ isUpAtStart: false });
    const gateway = await withGateway({ env: { REDIS_URL: redis.url } });
    const { cloudlink: headers } = await gateway.tokens();
    const create =
      'mutation { createConversation(input: { name: "No key", participants: [] }) { __typename } }';
    const askAll = async () => {
      const startedAt = performance.now();
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, index) => gateway.execute(index % 3 === 0 ? create : USERS, headers)),
      );
      expect(answers.flatMap(codesOf)).toEqual([]);
      return performance.now() - startedAt;
    };
    await askAll();
    expect(codesOf(await gateway.execute(USERS, { authorization: 'Bearer gws_x' }))).toEqual([
      'SESSION_STORE_UNAVAILABLE',
    ]);
    const keyed = create.replace('}) {', '}, clientMutationKey: "k") {');
    expect(codesOf(await gateway.execute(keyed, headers))).toEqual(['IDEMPOTENCY_STORE_UNAVAILABLE']);

    await redis.restart();
    await expect
      .poll(async () => codesOf(await gateway.execute(USERS, { authorization: 'Bearer gws_x' })))
      .toEqual(['UNAUTHENTICATED']);
    const session = await gateway.signIn();
    redis.pause();
    await askAll();
    const { errors } = await gateway.execute(USERS, session);
    expect(errors).toMatchObject([
      { path: ['users'], extensions: { code: 'SESSION_STORE_UNAVAILABLE', retryable: true } },
    ]);
    redis.resume();
    await expect.poll(async () => codesOf(await gateway.execute(USERS, session))).toEqual([]);
  },
);
