import { readdirSync, readFileSync } from 'node:fs';
import { Kind, parse, print, visit, type ArgumentNode } from 'graphql';
import { expect, it } from 'vitest';
import { isRedisMissing, redisHint, withRedis } from '../helpers/redis.ts';
import { withGateway } from '../helpers/gateway.ts';

const KEY = 'clientMutationKey';

const folder = new URL('../../schema/operations/', import.meta.url);

/** The mutations among the examples that change something at a platform. */
const mutations = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.graphql'))
  .map((name) => ({ name: name.replaceAll('\\', '/'), text: readFileSync(new URL(name, folder), 'utf8') }))
  .filter(({ text }) => /^mutation /m.test(text) && !/\bsign(In|Out)\b/.test(text))
  .toSorted((one, other) => one.name.localeCompare(other.name));

/** They ask for a relation of what they changed, which changes again within the operation. */
const readAnew = new Set(['call/control-call.graphql']);

/** The same operation with a key in each of its fields that has none. */
const withKeys = (text: string): string => {
  let count = 0;
  const keyOf = (): ArgumentNode => {
    count += 1;
    return {
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: KEY },
      value: { kind: Kind.STRING, value: `key-${count}` },
    };
  };
  return print(
    visit(parse(text), {
      OperationDefinition: (operation) => ({
        ...operation,
        selectionSet: {
          ...operation.selectionSet,
          selections: operation.selectionSet.selections.map((field) =>
            field.kind !== Kind.FIELD || field.arguments?.some(({ name }) => name.value === KEY) === true
              ? field
              : { ...field, arguments: [...(field.arguments ?? []), keyOf()] },
          ),
        },
      }),
    }),
  );
};

it('finds the mutations among the examples', () => {
  expect(mutations.length).toBeGreaterThanOrEqual(20);
});

it.skipIf(isRedisMissing).each(mutations)(
  `$name answers the same again by its key, from Redis and with no other effect${redisHint}`,
  async ({ name, text }) => {
    const redis = await withRedis();
    const gateway = await withGateway({
      env: { REDIS_URL: redis.url },
      switches: { legacyWriteDelayMs: 0 },
    });
    await expect.poll(async () => (await gateway.execute('mutation { signOut }')).errors).toEqual([]);
    const session = await gateway.signIn();
    const keyed = withKeys(text);
    expect(keyed).toContain(KEY);
    const first = await gateway.execute(keyed, session);
    expect(first.errors).toEqual([]);
    await gateway.bill();
    const second = await gateway.execute(keyed, session);
    expect(second.errors).toEqual([]);
    // What was changed is remembered; how things around it are is read whenever it is asked for.
    expect(readAnew.has(name) ? first.data : second.data).toEqual(first.data);
    const writes = (await gateway.bill()).filter((request) => !/^GET |^\S+ (read|list|count)$/.test(request));
    // A change that was refused was not made, and is tried again.
    const isRefused = /"__typename":"Rejection"|"code":"[A-Z_]+"/.test(JSON.stringify(first.data));
    expect(isRefused ? [] : writes).toEqual([]);
    expect(gateway.log.filter(({ msg }) => String(msg).includes('written down'))).toEqual([]);
  },
);
