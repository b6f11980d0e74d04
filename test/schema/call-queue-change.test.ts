import { describe, expect, it } from 'vitest';
import { withGateway, type GatewayOptions } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, legacyCalls, readRaw } from '../helpers/legacy.ts';
import { hostileTexts, losses } from '../helpers/loss.ts';

const fields = `... on Rejection { code field message allowedValues }`;
const QUEUE = `id name description strategy defaultExtension connectTo maxMinutes waitLimitSeconds lengthLimit
  callbackMaxHours requiresAgent keepsStatistics logsOutAutomatically`;

const documents = {
  create: `mutation ($input: CreateCallQueueInput!, $key: String) { result: createCallQueue(input: $input, clientMutationKey: $key) {
    ... on CreateCallQueueSuccess { data { ${QUEUE} } } ${fields} } }`,
  update: `mutation ($input: UpdateCallQueueInput!, $key: String) { result: updateCallQueue(input: $input, clientMutationKey: $key) {
    ... on UpdateCallQueueSuccess { data { ${QUEUE} } } ${fields} } }`,
  delete: `mutation ($input: DeleteCallQueueInput!, $key: String) { result: deleteCallQueue(input: $input, clientMutationKey: $key) {
    ... on DeleteCallQueueSuccess { data } ${fields} } }`,
};

const queueId = (name: string) => globalId('subscriber', 'CallQueue', `${ACME}/${name}`);

const signedIn = async (options: GatewayOptions = {}, person: 'ada' | 'ben' | 'grace' = 'ada') => {
  const gateway = await withGateway({
    ...options,
    switches: { legacyWriteDelayMs: 0, ...options.switches },
  });
  const session = await gateway.signIn(person);
  await gateway.bill();
  return {
    gateway,
    change: async (verb: keyof typeof documents, input: object, key?: string) => {
      const { data, errors } = await gateway.execute(documents[verb], session, { input, key });
      return { result: data?.['result'], errors };
    },
  };
};

const rowOf = async (gateway: Awaited<ReturnType<typeof withGateway>>, name: string) =>
  (await readRaw(gateway, { domain: ACME, queue_name: name }, 'ada', 'object=callqueue&action=read'))[0];

describe('a call queue', () => {
  it.each([0, 300])('is made, and answered once it shows (after %i ms)', async (legacyWriteDelayMs) => {
    const { gateway, change } = await signedIn({ switches: { legacyWriteDelayMs } });
    const { result, errors } = await change('create', {
      name: '805',
      strategy: 'RING_ALL',
      description: 'Grüße & more?',
      maxMinutes: 30,
      requiresAgent: true,
      keepsStatistics: false,
    });
    expect(errors).toEqual([]);
    expect(result.data).toMatchObject({
      id: queueId('805'),
      name: '805',
      description: 'Grüße & more?',
      strategy: 'RING_ALL',
      maxMinutes: 30,
      requiresAgent: true,
      keepsStatistics: false,
    });
    const [create, ...reads] = await legacyCalls(gateway.sandbox, 'callqueue');
    expect(create).toEqual({
      action: 'create',
      format: 'json',
      domain: ACME,
      queue: '805',
      huntgroup_option: 'SRing',
      description: 'Grüße & more?',
      max_time: '30',
      agent_required: 'yes',
      run_stats: 'no',
    });
    expect(new Set(reads.map(({ action, queue_name }) => `${action} ${queue_name}`))).toEqual(
      new Set(['read 805']),
    );
  });

  it('keeps what is not changed, its strategy sent along, for three requests', async () => {
    const { gateway, change } = await signedIn();
    const before = await rowOf(gateway, '803');
    await gateway.bill();
    const { result, errors } = await change('update', {
      callQueue: queueId('803'),
      waitLimitSeconds: 45,
      connectTo: null,
      logsOutAutomatically: true,
    });
    expect(errors).toEqual([]);
    expect(result.data).toMatchObject({ strategy: 'RING_ALL', waitLimitSeconds: 45, connectTo: null });
    expect(await gateway.bill()).toEqual(['callqueue read', 'callqueue update', 'callqueue read']);
    expect(await rowOf(gateway, '803')).toEqual({
      ...before,
      wait_limit: '45',
      connect_to: '',
      auto_logout: 'yes',
    });
  });

  it('costs one request less where its strategy is given', async () => {
    const { gateway, change } = await signedIn();
    const { result } = await change('update', { callQueue: queueId('803'), strategy: 'LINEAR' });
    expect(result.data).toMatchObject({ strategy: 'LINEAR' });
    expect(await gateway.bill()).toEqual(['callqueue update', 'callqueue read']);
  });

  it('is deleted, and is gone from the same operation', async () => {
    const { gateway, change } = await signedIn();
    expect((await change('delete', { callQueue: queueId('803') })).result).toEqual({ data: queueId('803') });
    expect(await gateway.bill()).toEqual(['callqueue delete', 'callqueue read']);
    expect(await rowOf(gateway, '803')).toBeUndefined();
  });

  it('shows where the platform sends numbers and words of its own', async () => {
    const { change } = await signedIn({ switches: { legacyTyping: 'numeric' } });
    const { result } = await change('create', { name: '0805', strategy: 'CALL_PARK', maxMinutes: 5 });
    expect(result.data).toMatchObject({ name: '0805', strategy: 'CALL_PARK', maxMinutes: 5 });
  });

  it.each([
    ['create', { name: '800', strategy: 'LINEAR' }, 'CONFLICT'],
    ['update', { callQueue: queueId('899'), maxMinutes: 5 }, 'NOT_FOUND'],
    ['update', { callQueue: queueId('899'), strategy: 'LINEAR' }, 'NOT_FOUND'],
    ['delete', { callQueue: queueId('899') }, 'NOT_FOUND'],
  ] as const)('is refused in the words of the schema: %s %j', async (verb, input, code) => {
    const { change } = await signedIn();
    const { result, errors } = await change(verb, input);
    expect(errors).toEqual([]);
    expect(result).toMatchObject({ code });
  });

  it('is refused to whoever is no office manager', async () => {
    const { gateway, change } = await signedIn({}, 'ben');
    expect((await change('delete', { callQueue: queueId('800') })).result).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await rowOf(gateway, '800')).toBeDefined();
  });

  it.each([
    ['create', { name: 'a/b', strategy: 'LINEAR' }, 'name'],
    ['create', { name: '8*', strategy: 'LINEAR' }, 'name'],
    ['create', { name: '805', strategy: 'LINEAR', maxMinutes: -1 }, 'maxMinutes'],
    ['create', { name: '805', strategy: 'LINEAR', defaultExtension: '*' }, 'defaultExtension'],
    ['create', { name: '805', strategy: 'LINEAR', domain: 'a,b' }, 'domain'],
    ['update', { callQueue: queueId('800') }, 'input'],
    ['update', { callQueue: queueId('800'), strategy: null }, 'strategy'],
    ['update', { callQueue: queueId('800'), description: null }, 'description'],
    ['update', { callQueue: queueId('800'), requiresAgent: null }, 'requiresAgent'],
    [
      'update',
      { callQueue: globalId('subscriber', 'Agent', `${ACME}/800 sip:1@x`), maxMinutes: 1 },
      'callQueue',
    ],
    ['delete', { callQueue: 'x' }, 'callQueue'],
  ] as const)('is refused before anything is sent: %s %j', async (verb, input, field) => {
    const { gateway, change } = await signedIn();
    const { result, errors } = await change(verb, input);
    expect(errors).toEqual([]);
    expect(result).toMatchObject({ code: 'BAD_USER_INPUT', field });
    expect(await gateway.bill()).toEqual([]);
  });

  it.each(hostileTexts)('takes %j for a text and nothing else, or refuses it', async (text) => {
    const { gateway, change } = await signedIn();
    const { result, errors } = await change('update', {
      callQueue: queueId('800'),
      strategy: 'LINEAR',
      description: text,
    });
    expect(errors).toEqual([]);
    const writes = (await legacyCalls(gateway.sandbox, 'callqueue')).filter(
      ({ action }) => action !== 'read',
    );
    const isSent = text.trim() !== '' && text.isWellFormed();
    expect(result.code).toBe(isSent ? undefined : 'BAD_USER_INPUT');
    const sent = {
      action: 'update',
      format: 'json',
      domain: ACME,
      queue: '800',
      huntgroup_option: 'Linear',
      description: text,
    };
    expect(writes).toEqual(isSent ? [sent] : []);
  });

  it('is made once for its key', async () => {
    const { gateway, change } = await signedIn();
    const input = { name: '806', strategy: 'LINEAR' };
    const [first, second] = [await change('create', input, 'k'), await change('create', input, 'k')];
    expect(second).toEqual(first);
    expect((await gateway.bill()).filter((line) => line === 'callqueue create')).toHaveLength(1);
  });

  it.each(losses)('is made at most once under %s', async (_name, fault, code) => {
    const { gateway, change } = await signedIn({ env: { TRY_TIMEOUT_MS: '300' } });
    await gateway.sandbox.fail({ match: { object: 'callqueue', action: 'create' }, fault });
    const { errors } = await change('create', { name: '806', strategy: 'LINEAR' });
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual([code]);
    expect(await gateway.bill()).toEqual(['callqueue create']);
  });

  it('needs a token of the legacy platform', async () => {
    const gateway = await withGateway();
    const { data, errors } = await gateway.execute(
      documents.delete,
      {},
      { input: { callQueue: queueId('800') } },
    );
    expect([...errors, data?.['result']].filter(Boolean)).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ]);
    expect(await gateway.bill()).toEqual([]);
  });
});
