import { expect, onTestFinished } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import type { LoggedDelivery } from '../../src/sandbox/webhook/delivery-log.ts';
import { startServer } from '../../src/server.ts';
import { sandboxSettings, withGateway, type Person, type TestGateway } from './gateway.ts';
import { globalId } from './global-id.ts';
import { createInstance, type Instance } from './instance.ts';
import { ACME, readRaw } from './legacy.ts';
import { withRedis } from './redis.ts';
import type { TestSandbox } from './sandbox.ts';
import { openSocket, webhooks, type Result, type TestStream } from './subscribers.ts';

/** The `id` of the telephone with this extension. */
export const endpointId = (extension: string): string => globalId('cloudlink', 'Endpoint', extension);

/** The calls of telephones, or of a domain. */
export const CALLS = `subscription ($endpoints: [ID!], $domain: String, $account: Boolean, $after: String) {
  callEvents(endpoints: $endpoints, domain: $domain, account: $account, after: $after) {
    id cursor change occurredAt
    call { __typename ... on LiveCall { id state } ... on ActiveCall { id } }
  }
}`;

/** What is told of a call from its first ring to its end. */
export const WHOLE_CALL: readonly string[] = [
  'CREATED RINGING',
  'UPDATED CONNECTED',
  'UPDATED HELD',
  'UPDATED CONNECTED',
  'REMOVED COMPLETED',
];

/** What was told of a call, in a word: what became of it, and its state where the platform has a word for it. */
export const wordOf = ({ data, errors }: Result): string => {
  const event = data?.['callEvents'];
  if (!event) return String(errors?.[0]?.extensions['code']);
  return [event.change, event.call.state].filter(Boolean).join(' ');
};

export const cursorOf = ({ data, errors }: Result): string =>
  data?.['callEvents']?.cursor ?? errors?.[0]?.extensions['cursor'];

/** A subscription that a platform keeps for the gateway. */
export interface Upstream {
  readonly id: string;
  readonly url: string;
}

/** What somebody has asked CloudLink to be told. */
export const cloudlinkSubscriptions = async (
  gateway: TestGateway,
  person: Person = 'ada',
): Promise<readonly Upstream[]> => {
  const { cloudlink } = await gateway.tokens(person);
  const response = await fetch(`${gateway.sandbox.url}/notifications/2017-09-01/subscriptions?$top=1000`, {
    headers: cloudlink,
  });
  const { _embedded: { items = [] } = {} } = (await response.json()) as {
    _embedded?: { items: readonly { subscriptionId: string; deviceId: string }[] };
  };
  return items.map(({ subscriptionId, deviceId }) => ({ id: subscriptionId, url: deviceId }));
};

/** What somebody has asked the legacy platform to be told. */
export const legacySubscriptions = async (
  gateway: TestGateway,
  person: Person = 'ada',
): Promise<readonly Upstream[]> => {
  const rows = await readRaw(gateway, { domain: ACME }, person, 'object=event&action=read');
  return rows.map(({ id = '', post_url: url = '' }) => ({ id, url }));
};

/** The address at which the only subscription is told. */
export const webhookOf = async (gateway: TestGateway, person?: Person): Promise<string> => {
  const [only] = await cloudlinkSubscriptions(gateway, person);
  if (only === undefined) throw new Error('nobody is to be told of anything');
  return only.url;
};

/** Plays a call on both platforms to its end. */
export const playCall = async (sandbox: TestSandbox, call: object = {}): Promise<void> => {
  const scenario = { scenario: 'call', from: '1002', to: '1001', stepMs: 10, ...call };
  const response = await sandbox.control('POST', '/events?wait=1', scenario);
  if (response.status !== 200) throw new Error(await response.text());
};

export const deliveries = async (sandbox: TestSandbox): Promise<readonly LoggedDelivery[]> => {
  const response = await sandbox.control('GET', '/deliveries');
  return ((await response.json()) as { deliveries: readonly LoggedDelivery[] }).deliveries;
};

/** What a gateway says of the events that have come to it. */
export const countsOf = async (url: string): Promise<Readonly<Record<string, number>>> =>
  ((await (await fetch(`${url}/health`)).json()) as { events: Record<string, number> }).events;

export interface ToldCall {
  readonly callId?: string;
  readonly endpoint?: string;
  readonly state: string;
  readonly timestamp: number;
  readonly id?: string;
  readonly from?: string;
}

/** What CloudLink posts of a call. */
export const publicationOf = ({
  callId = '1',
  endpoint = '1001',
  state,
  timestamp,
  id,
  from = '2002',
}: ToldCall) => ({
  publicationId: id ?? `${endpoint}/${callId}/${state}/${timestamp}`,
  topic: 'platform-api-media',
  method: 'PUT',
  subject: `/2017-09-01/endpoints/${endpoint}/calls/${callId}`,
  content: {
    callId: `endpoints/${endpoint}/calls/${callId}`,
    endpointId: endpoint,
    state,
    timestamp,
    direction: 'inbound',
    from,
    to: endpoint,
  },
});

/** When the first of the rings below is. */
export const START = 1_800_000_000_000;

/** A call that rings, so many milliseconds after the start. */
export const ring = (callId: string, index: number) =>
  publicationOf({ callId, state: 'ringing', timestamp: START + index });

/** The `id` of an event of a call. */
export const idOf = ({ data }: Result) => data?.['callEvents']?.id;

/** Posts to a webhook and answers the status. */
export const deliver = async (
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  await response.arrayBuffer();
  return response.status;
};

/** One more gateway over the same sandbox, in this process. */
export const startOther = async (
  { sandbox, record }: Pick<TestGateway, 'sandbox' | 'record'>,
  env: Readonly<Record<string, string>>,
): Promise<TestGateway> => {
  const config = parseConfig({ ...sandboxSettings(sandbox.url), ...env });
  const server = await startServer(config, createLogger('silent'));
  let stopping: Promise<boolean> | undefined;
  const stop = () => (stopping ??= server.stop());
  onTestFinished(async () => void (await stop()));
  return { url: server.url, sandbox, record, stop } as TestGateway;
};

/** Follows the calls of telephones with a socket of its own. */
export const followCalls = async (
  gateway: TestGateway,
  headers: Readonly<Record<string, string>>,
  variables: object = { endpoints: [endpointId('1001')] },
) => (await openSocket(gateway, headers)).subscribe(CALLS, variables);

/** Somebody who follows the calls of a telephone on CloudLink, and those of a domain on the legacy platform. */
export const followBoth = async (
  gateway: TestGateway,
  cloudlink: Readonly<Record<string, string>>,
  subscriber = cloudlink,
) => [await followCalls(gateway, cloudlink), await followCalls(gateway, subscriber, { domain: ACME })];

/** What each platform was asked to tell such a follower, once it was asked. */
export const subscriptionsOfBoth = async (gateway: TestGateway) => {
  await expect.poll(() => cloudlinkSubscriptions(gateway)).toHaveLength(1);
  await expect.poll(() => legacySubscriptions(gateway)).toHaveLength(1);
  const [cloudlink] = await cloudlinkSubscriptions(gateway);
  const [subscriber] = await legacySubscriptions(gateway);
  return { cloudlink, subscriber };
};

/** Waits until followers of telephone 1001 are told what is posted there, and takes all that they were told until then. */
export const untilTold = async (url: string, ...streams: readonly TestStream[]): Promise<void> => {
  let last = 0;
  const markerOf = (result: Result | undefined) => result?.data?.['callEvents']?.id;
  const tell = () => {
    last += 1;
    const marker = { id: `marker ${last}`, from: String(last) };
    return deliver(url, publicationOf({ callId: 'marker', state: 'held', timestamp: last, ...marker }));
  };
  await expect
    .poll(async () => {
      if (streams.some(({ waiting }) => waiting.length === 0)) await tell();
      return streams.map(({ waiting }) => waiting.length);
    })
    .not.toContain(0);
  for (const stream of streams) {
    await expect.poll(() => markerOf(stream.waiting.at(-1))).toBe(`marker ${last}`);
    await stream.take(stream.waiting.length);
  }
};

/** Waits until a gateway reaches its Redis: until then nobody can tell which feeds there are. */
export const untilReady = async ({ url }: Pick<TestGateway, 'url'>): Promise<void> => {
  await expect.poll(() => deliver(`${url}/webhooks/cloudlink/none/none`, {})).toBe(410);
};

/** A gateway in this process beside one in a process of its own, which can be killed; both with one Redis. */
export const withMortal = async (settings: Readonly<Record<string, string>> = {}) => {
  const redis = await withRedis();
  const env = { ...webhooks, REDIS_URL: redis.url, ...settings };
  const gateway = await withGateway({ env });
  const instance: Instance = await createInstance((port) => ({
    ...sandboxSettings(gateway.sandbox.url),
    ...env,
    PORT: String(port),
  }));
  onTestFinished(() => instance.kill());
  await instance.start();
  const mortal = { ...gateway, url: instance.url };
  await untilReady(gateway);
  await untilReady(mortal);
  const { cloudlink } = await gateway.tokens();
  return { gateway, instance, mortal, cloudlink };
};
