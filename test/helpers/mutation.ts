import { schema } from '../../src/schema/index.ts';
import type { LoggedRequest } from '../../src/sandbox/requests.ts';
import { callOf } from './call.ts';
import { fieldExamples, type FieldExample } from './example.ts';
import type { Answer, TestGateway } from './gateway.ts';

/** Changes a connection of the gateway's own, and nothing upstream. */
const upstreamless: ReadonlySet<string> = new Set(['renewConnection']);

/** Every mutation of the schema that writes upstream. */
export const mutations: readonly string[] = Object.keys(schema.getMutationType()?.getFields() ?? {}).filter(
  (name) => !upstreamless.has(name),
);

/** Whether it changes something upstream that a client may want to be changed once. */
export const takesKey = (mutation: string): boolean => {
  const field = schema.getMutationType()?.getFields()[mutation];
  return field?.args.some(({ name }) => name === 'clientMutationKey') ?? false;
};

/** The example of a mutation, after those that come before it in the same file and lead to where it can be done. */
export const scriptOf = (mutation: string): readonly FieldExample[] => {
  const own = fieldExamples.find(({ field }) => field === `Mutation.${mutation}`);
  const script = fieldExamples.filter(
    ({ field, file }) => file === own?.file && field.startsWith('Mutation.'),
  );
  return own === undefined ? [] : script.slice(0, script.indexOf(own) + 1);
};

/** What a fault is to befall: requests of the same kind as this one. */
export const matchOf = ({ object, action, route, method }: LoggedRequest) =>
  object === undefined ? { method, ...(route && { route }) } : { object, ...(action && { action }) };

/** A name for requests of one kind. */
export const nameOf = (request: LoggedRequest): string => JSON.stringify(matchOf(request));

const run = (
  gateway: TestGateway,
  headers: Record<string, string>,
  { field, args }: FieldExample,
  key?: string,
): Promise<Answer> => {
  // A key of the example's own would answer a second run from memory.
  const { clientMutationKey: _key, ...given } = args;
  const withKey = key === undefined ? given : { ...given, clientMutationKey: key };
  const { query, variables } = callOf('Mutation', field.slice('Mutation.'.length), withKey);
  return gateway.execute(query, headers, variables);
};

/** Does everything up to the mutation itself in a fresh sandbox, and answers what does the mutation. */
export const prepare = async (
  gateway: TestGateway,
  mutation: string,
  key?: string,
  headersOf: () => Promise<Record<string, string>> = () => gateway.signIn(),
): Promise<() => Promise<Answer>> => {
  await gateway.sandbox.control('DELETE', '/faults');
  await gateway.sandbox.control('POST', '/reset');
  const headers = await headersOf();
  const script = scriptOf(mutation);
  for (const example of script.slice(0, -1)) await run(gateway, headers, example);
  await gateway.bill();
  return () => run(gateway, headers, script.at(-1) as FieldExample, key);
};

/** So many gateways take their share of the mutations, because a request that hangs leaves the machine idle. */
const LANES = 10;

/** Looks at each mutation, and answers what was found of them all. */
export const ofEachMutation = async <Found>(
  start: () => Promise<TestGateway>,
  look: (gateway: TestGateway, mutation: string) => Promise<Found>,
): Promise<readonly Found[]> => {
  const takeShare = async (lane: number) => {
    const gateway = await start();
    const found: Found[] = [];
    for (const mutation of mutations.filter((_name, index) => index % LANES === lane))
      found.push(await look(gateway, mutation));
    return found;
  };
  return (await Promise.all(Array.from({ length: LANES }, (_, lane) => takeShare(lane)))).flat();
};
