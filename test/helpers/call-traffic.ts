import { setTimeout as delay } from 'node:timers/promises';
import type { Fleet } from './fleet.ts';
import type { LiveClient } from './live-client.ts';

/** All calls of an account, as their events tell them. */
export const CALL_EVENTS = `subscription ($after: String) {
  callEvents(account: true, after: $after) { cursor change call { ... on LiveCall { pbxCallId stateText } } } }`;

/** Names an event of {@link CALL_EVENTS}: the call and what became of it. */
export const callKeyOf = ({ call }: { readonly call: { pbxCallId: string; stateText: string } }): string =>
  `${call.pbxCallId} ${call.stateText}`;

/** A call that only tells whether somebody listens. */
const PROBE = 'probe';
const PROBE_MS = 100;
/** Longer than anything here may take to heal. */
const MOST_PATIENCE_MS = 60_000;

const isTraffic = (key: string) => !key.startsWith(PROBE);

export interface Traffic {
  /** So many calls of an account ring, and end at once: two events each. */
  burst(accountId: string, calls: number): Promise<void>;
  /** Lets telephones ring until each of these clients is told of one: whatever comes from then on is theirs. */
  untilAllHear(accountId: string, clients: readonly LiveClient[]): Promise<void>;
  /** Resolves once the sandbox has nothing more to deliver. */
  untilDelivered(): Promise<void>;
  /** The calls of an account that have ended so far. */
  callsOf(accountId: string): readonly string[];
}

/** Calls as a platform tells them of endpoints where nobody is at home: they ring, and are over. */
export const createTraffic = ({ control }: Fleet): Traffic => {
  const ended = new Map<string, string[]>();
  let bursts = 0;
  let probes = 0;

  const publish = (accountId: string, name: string, state: string, count: number) =>
    control('POST', '/events', {
      platform: 'cloudlink',
      topic: 'platform-api-media',
      subject: `/2017-09-01/endpoints/1009/calls/${name}`,
      content: { callId: `endpoints/1009/calls/${name}`, endpointId: '1009', state, direction: 'inbound' },
      accountId,
      count,
    });

  return {
    burst: async (accountId, calls) => {
      bursts += 1;
      const name = `call-${bursts}-`;
      const all = ended.get(accountId) ?? [];
      ended.set(accountId, all);
      for (let index = 0; index < calls; index += 1) all.push(`${name}${index}`);
      for (const state of ['ringing', 'completed']) await publish(accountId, `${name}{index}`, state, calls);
    },
    untilAllHear: async (accountId, clients) => {
      // Not by one of an earlier time: whoever was away is told of those first, and then of what came between.
      const earlier = probes;
      const isDeaf = ({ told }: LiveClient) => {
        const last = told.findLast(({ key }) => !isTraffic(key))?.key ?? '';
        return Number(/^\w+-(\d+)/.exec(last)?.[1] ?? 0) <= earlier;
      };
      const endsAt = performance.now() + MOST_PATIENCE_MS;
      while (clients.some(isDeaf)) {
        if (performance.now() > endsAt)
          throw new Error(`${clients.filter(isDeaf).length} clients hear nothing`);
        probes += 1;
        await publish(accountId, `${PROBE}-${probes}`, 'ringing', 1);
        await delay(PROBE_MS);
      }
    },
    untilDelivered: async () => {
      for (;;) {
        const { subscriptions } = await control('GET', '/deliveries?since=999999999');
        if (subscriptions.every(({ waiting }: { waiting: number }) => waiting === 0)) return;
        await delay(PROBE_MS);
      }
    },
    callsOf: (accountId) => ended.get(accountId) ?? [],
  };
};

/** What is wrong with what the clients of one feed were told, and what is not. */
export interface Verdict {
  /** Calls of whose end a client was never told. */
  readonly lost: number;
  /** Events that a client was told twice. */
  readonly doubled: number;
  /** Events that a client was told after a later one of the same call. */
  readonly backwards: number;
  /** Clients that were told something else than the first one, or in another order. */
  readonly different: number;
  /** Calls that were over before they rang, on their way here: their ringing is rightly told to nobody. */
  readonly overtaken: number;
  /** All that clients were told. */
  readonly told: number;
}

export const judge = (calls: readonly string[], clients: readonly LiveClient[]): Verdict => {
  const sequences = clients.map(({ told }) => told.map(({ key }) => key).filter(isTraffic));
  const [first = []] = sequences;
  const sum = (count: (keys: readonly string[]) => number) =>
    sequences.reduce((total, keys) => total + count(keys), 0);
  return {
    lost: sum((keys) => {
      const known = new Set(keys);
      return calls.filter((call) => !known.has(`${call} completed`)).length;
    }),
    doubled: sum((keys) => keys.length - new Set(keys).size),
    backwards: sum((keys) => {
      const over = new Set<string>();
      return keys.filter((key) => {
        const [call = '', state] = key.split(' ');
        if (state === 'completed') over.add(call);
        return state !== 'completed' && over.has(call);
      }).length;
    }),
    different: sequences.filter((keys) => keys.join('\n') !== first.join('\n')).length,
    overtaken: calls.length - first.filter((key) => key.endsWith(' ringing')).length,
    told: sum((keys) => keys.length),
  };
};

/** Where the sandbox delivers to, as a path of any instance. */
export const webhookPathOf = async ({ control }: Fleet): Promise<string> => {
  const { deliveries } = await control('GET', '/deliveries?state=delivered');
  return deliveries.at(-1).path;
};

/** How a delivery of our own went, in milliseconds of this process. */
export interface Posted {
  readonly key: string;
  readonly status: number;
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** Delivers one ringing call as the platform does, to an instance of one's choice. */
export const postCall = async (url: string, name: string): Promise<Posted> => {
  const sentAt = performance.now();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      publicationId: name,
      topic: 'platform-api-media',
      method: 'PUT',
      subject: `/2017-09-01/endpoints/1009/calls/${name}`,
      content: { callId: `endpoints/1009/calls/${name}`, endpointId: '1009', state: 'ringing' },
    }),
  });
  await response.arrayBuffer();
  return { key: `${name} ringing`, status: response.status, sentAt, answeredAt: performance.now() };
};

/** How long it took from each delivery until a client was told, in order of length; infinite where it never was. */
export const delaysOf = (posted: readonly Posted[], { told }: LiveClient): readonly number[] => {
  const toldAt = new Map(told.map(({ key, at }) => [key, at]));
  return posted
    .map(({ key, sentAt }) => (toldAt.get(key) ?? Infinity) - sentAt)
    .toSorted((one, other) => one - other);
};

/** The value below which this part of some values lies, which are in order. */
export const percentile = (values: readonly number[], part: number): number =>
  values[Math.min(values.length - 1, Math.floor(part * values.length))] ?? Number.NaN;
