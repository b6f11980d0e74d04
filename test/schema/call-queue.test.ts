import { describe, expect, it } from 'vitest';
import { pathsOf } from '../helpers/error-path.ts';
import { withGateway, type GatewayOptions } from '../helpers/gateway.ts';
import { globalId } from '../helpers/global-id.ts';
import { ACME, legacyCalls } from '../helpers/legacy.ts';
import { losses } from '../helpers/loss.ts';

const signedIn = async (options: GatewayOptions = {}, person: 'ada' | 'ben' | 'grace' = 'ada') => {
  const gateway = await withGateway({
    ...options,
    switches: { legacyWriteDelayMs: 0, ...options.switches },
  });
  const session = await gateway.signIn(person);
  await gateway.bill();
  return {
    gateway,
    execute: async (query: string, variables: object = {}) => {
      const answer = await gateway.execute(query, session, variables);
      return { ...answer, data: answer.data ?? {} };
    },
  };
};

const queueId = (name: string) => globalId('subscriber', 'CallQueue', `${ACME}/${name}`);
const agentId = (extension: string, queue = '800') =>
  globalId('subscriber', 'Agent', `${ACME}/${queue} sip:${extension}@${ACME}`);

const QUEUE =
  'id name description strategy strategyText waitLimitSeconds requiresAgent queuedCallCount agentCount';

const CHANGE = `mutation ($input: ChangeAgentInput!, $key: String) { result: changeAgent(input: $input, clientMutationKey: $key) {
  ... on ChangeAgentSuccess { data { id availability queue { name } } }
  ... on Rejection { code field message } } }`;

describe('call queues', () => {
  it('are listed with their agents and who waits: one request for all agents', async () => {
    const { gateway, execute } = await signedIn();
    const { data, errors } = await execute(`{ callQueues { totalCount nodes { ${QUEUE}
      agents { device name availability availabilityText order subscriber { extension name } queue { name } }
      queuedCalls { callerNumber callerName waitSeconds beganAt { instant } } } } }`);
    expect(errors).toEqual([]);
    const { nodes, totalCount } = data['callQueues'];
    expect(totalCount).toBeNull();
    expect(nodes.map(({ name, strategy }: any) => [name, strategy])).toEqual([
      ['700', 'CALL_PARK'],
      ['800', 'FIRST_AVAILABLE'],
      ['803', 'RING_ALL'],
    ]);
    expect(await gateway.bill()).toEqual([
      'callqueue read',
      'queued read',
      'queued read',
      'queued read',
      'agent read',
      // The agents as subscribers. Their queues are known from the list.
      'subscriber read',
    ]);
    const [, main] = nodes;
    expect(main.agents).toHaveLength(main.agentCount);
    expect(main.agents[0]).toMatchObject({ availability: 'EVERY_CALL', queue: { name: '800' } });
    expect(main.agents[0].name).toBe(main.agents[0].subscriber.name);
    expect(main.queuedCalls).toHaveLength(main.queuedCallCount);
    expect(main.queuedCalls[0].waitSeconds).toBeGreaterThanOrEqual(60);
  });

  it.each([10, 100])('cost one request for the agents of %i queues', async (count) => {
    const { gateway, execute } = await signedIn({ users: 250 });
    const ids = Array.from({ length: count }, (_, index) => queueId(String(799 + index)));
    const { data } = await execute(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on CallQueue { name agents { device } } } }',
      { ids },
    );
    expect(data['nodes'].filter((node: unknown) => node !== null).map(({ name }: any) => name)).toEqual([
      '800',
      '803',
    ]);
    expect(await gateway.bill()).toEqual(['callqueue read', 'agent read']);
  });

  it('send their names as one list, each with what belongs to it', async () => {
    const { gateway, execute } = await signedIn();
    const { data } = await execute(
      `{ a: callQueue(id: "${queueId('800')}") { agents { device } } b: callQueue(id: "${queueId('803')}") { agents { device queue { name } } } }`,
    );
    const [read] = await legacyCalls(gateway.sandbox, 'agent');
    expect(read).toMatchObject({ domain: ACME, queue_list: '800,803', start: '0', limit: '1000' });
    expect(new Set(data['b'].agents.map((agent: any) => agent.queue.name))).toEqual(new Set(['803']));
    expect(data['a'].agents).toHaveLength(8);
  });

  it('stay where the numbers of a build have lost their zeros, and where it has a single record', async () => {
    const { execute } = await signedIn({
      switches: { legacyTyping: 'numeric', legacyRecords: 'bare-when-single' },
    });
    const { data, errors } = await execute(
      `{ callQueue(id: "${queueId('800')}") { id name agents { id } } }`,
    );
    expect(errors).toEqual([]);
    expect(data['callQueue']).toMatchObject({ id: queueId('800'), name: '800' });
    expect(data['callQueue'].agents).toHaveLength(8);
  });

  it('show to an agent the own queues only', async () => {
    const { execute } = await signedIn({}, 'ben');
    const { data, errors } = await execute(
      '{ callQueues { nodes { name agents { subscriber { extension } } } } }',
    );
    expect(errors).toEqual([]);
    const { nodes } = data['callQueues'];
    expect(nodes.map(({ name }: any) => name)).toEqual(['800', '803']);
    expect(nodes[0].agents).toEqual([{ subscriber: { extension: '1002' } }]);
  });

  it.each([1, 10, 100])('are told of %i subscribers for two requests', async (count) => {
    const { gateway, execute } = await signedIn({ users: 250 });
    const { data, errors } = await execute(
      `{ subscribers(first: ${count}) { nodes { extension agents { id subscriber { extension } queue { name } } } } }`,
    );
    expect(errors).toEqual([]);
    const nodes: readonly any[] = data['subscribers'].nodes;
    expect(nodes).toHaveLength(count);
    const agents = nodes.flatMap(({ extension, agents: own }) =>
      own.map((agent: any) => ({ extension, ...agent })),
    );
    expect(agents.length).toBeGreaterThan(0);
    expect(agents.every((agent) => agent.extension === agent.subscriber.extension)).toBe(true);
    expect((await gateway.bill()).slice(1, 3)).toEqual(['callqueue read', 'agent read']);
  });

  it('keep failed agents from failing the queues', async () => {
    const { gateway, execute } = await signedIn();
    await gateway.sandbox.fail({ match: { object: 'agent' }, fault: { type: 'status', status: 500 } });
    const { data, errors } = await execute(
      '{ callQueues { nodes { name agents { id } queuedCalls { callerNumber } } } }',
    );
    expect(data['callQueues'].nodes.map(({ agents }: any) => agents)).toEqual([null, null, null]);
    expect(data['callQueues'].nodes[1].queuedCalls).toHaveLength(1);
    expect(errors).toHaveLength(1);
    expect(pathsOf(errors)).toEqual([0, 1, 2].map((index) => ['callQueues', 'nodes', index, 'agents']));
  });

  it('need a token of the legacy platform', async () => {
    const gateway = await withGateway();
    const { errors } = await gateway.execute('{ callQueues { nodes { name } } }');
    expect(errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await gateway.bill()).toEqual([]);
  });
});

describe('an agent', () => {
  it.each([
    ['LOG_OUT', 'LOGGED_OUT', 'make_ma'],
    ['TAKE_ONE_CALL', 'ONE_CALL', 'make_av'],
    ['LOG_IN', 'EVERY_CALL', 'make_im'],
  ])('is changed by %s and answered once it shows', async (change, availability, action) => {
    const { gateway, execute } = await signedIn({ switches: { legacyWriteDelayMs: 300 } });
    const agent = agentId('1004');
    const { data, errors } = await execute(CHANGE, { input: { agent, change } });
    expect(errors).toEqual([]);
    expect(data['result'].data).toEqual({ id: agent, availability, queue: { name: '800' } });
    const calls = await legacyCalls(gateway.sandbox, 'agent');
    expect(calls.filter((call) => call['action'] === 'update')).toMatchObject([
      { domain: ACME, queue: '800', device: `sip:1004@${ACME}`, entry_action: action },
    ]);
  });

  it('is accepted but not visible where the change takes too long, once for its key', async () => {
    const { gateway, execute } = await signedIn({ switches: { legacyWriteDelayMs: 60_000 } });
    const variables = { input: { agent: agentId('1001'), change: 'LOG_OUT' }, key: 'k' };
    const first = await execute(CHANGE, variables);
    expect(first.data['result']).toMatchObject({ code: 'ACCEPTED_NOT_VISIBLE' });
    const second = await execute(CHANGE, variables);
    expect(second.data['result']).toMatchObject({ code: 'ACCEPTED_NOT_VISIBLE' });
    expect((await gateway.bill()).filter((line) => line === 'agent update')).toHaveLength(1);
  });

  it('is refused where there is none, where it is somebody else, and where the id names something else', async () => {
    const { gateway, execute } = await signedIn({}, 'ben');
    const ask = async (agent: string) =>
      (await execute(CHANGE, { input: { agent, change: 'LOG_OUT' } })).data['result'];
    expect(await ask(agentId('1001'))).toMatchObject({ code: 'FORBIDDEN' });
    await gateway.bill();
    for (const id of [queueId('800'), 'x', globalId('subscriber', 'Agent', `${ACME}/a,b sip:1@x`)]) {
      expect(await ask(id)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.agent' });
    }
    expect(await gateway.bill()).toEqual([]);
  });

  it.each(losses)('is changed at most once under %s', async (_name, fault, code) => {
    const { gateway, execute } = await signedIn({ env: { TRY_TIMEOUT_MS: '300' } });
    await gateway.sandbox.fail({ match: { object: 'agent', action: 'update' }, fault });
    const { errors } = await execute(CHANGE, { input: { agent: agentId('1001'), change: 'LOG_OUT' } });
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual([code]);
    expect(await gateway.bill()).toEqual(['agent update']);
  });
});
