import { settleEach } from '../batch.ts';
import { toBoolean, toCount, toText, type Resource } from '../decode.ts';
import { collectAll, collectPage, type Page, type PageRequest } from '../page.ts';
import type { Confirm } from './confirm.ts';
import type { ReadOperation, Requests } from './request.ts';
import { createReadRows } from './rows.ts';
import { isSame } from './same.ts';
import type { SubscriberKey } from './subscriber.ts';
import { toZonelessTime, type ZonelessTime } from './time.ts';

export interface CallQueueKey {
  readonly domain: string;
  readonly queue: string;
}

/** A call queue, or a place to park calls (facts §5.12). */
export interface CallQueue extends CallQueueKey {
  readonly description: string | null;
  readonly strategy: string | null;
  readonly defaultUser: string | null;
  readonly option: string | null;
  readonly maxMinutes: number | null;
  readonly waitLimitSeconds: number | null;
  readonly lengthLimit: number | null;
  readonly requiresAgent: boolean | null;
  readonly callbackMaxHours: number | null;
  readonly connectTo: string | null;
  readonly keepsStatistics: boolean | null;
  readonly logsOutAutomatically: boolean | null;
  readonly queuedCallCount: number | null;
  readonly agentCount: number | null;
}

export interface AgentKey extends CallQueueKey {
  /** The agent's device, as `sip:user@domain`. */
  readonly device: string;
}

/** Somebody who takes the calls of a queue, with one device (facts §5.12). */
export interface Agent extends AgentKey {
  readonly ownerUser: string | null;
  readonly ownerDomain: string | null;
  readonly name: string | null;
  readonly login: string | null;
  readonly option: string | null;
  readonly status: string | null;
  readonly activity: string | null;
  readonly order: number | null;
  readonly priority: number | null;
  readonly wrapUpSeconds: number | null;
  readonly answersAutomatically: boolean | null;
  readonly callLimit: number | null;
  readonly mustConfirm: boolean | null;
  readonly activeCallCount: number | null;
  readonly errorText: string | null;
  readonly updatedAt: ZonelessTime | null;
}

/** A call that waits in a queue (facts §5.12). */
export interface QueuedCall extends CallQueueKey {
  readonly originCallId: string;
  readonly callerExtension: string | null;
  readonly callerName: string | null;
  readonly callerNumber: string | null;
  readonly beganAt: ZonelessTime | null;
  readonly waitSeconds: number | null;
}

/** A queue in our words. */
export const toCallQueue = (row: Resource, domain: string): CallQueue => ({
  domain: toText(row['domain']) ?? domain,
  queue: toText(row['queue_name']) ?? '',
  description: toText(row['description']),
  strategy: toText(row['huntgroup_option']),
  defaultUser: toText(row['default_user']),
  option: toText(row['queue_option']),
  maxMinutes: toCount(row['max_time']),
  waitLimitSeconds: toCount(row['wait_limit']),
  lengthLimit: toCount(row['length_limit']),
  requiresAgent: toBoolean(row['agent_required']),
  callbackMaxHours: toCount(row['callback_max_hours']),
  connectTo: toText(row['connect_to']),
  keepsStatistics: toBoolean(row['run_stats']),
  logsOutAutomatically: toBoolean(row['auto_logout']),
  queuedCallCount: toCount(row['queuedcall_count']),
  agentCount: toCount(row['agent_count']),
});

const toName = (row: Resource): string | null =>
  toText(row['sub_fullname']) ??
  toText([row['sub_firstname'], row['sub_lastname']].map(toText).filter(Boolean).join(' '));

export const toAgent = (row: Resource, domain: string, timeZone: string): Agent => ({
  domain: toText(row['huntgroup_domain']) ?? domain,
  queue: toText(row['huntgroup_name']) ?? '',
  device: toText(row['device_aor']) ?? toText(row['device']) ?? '',
  ownerUser: toText(row['owner_user']),
  ownerDomain: toText(row['owner_domain']),
  name: toName(row),
  login: toText(row['sub_login']),
  option: toText(row['entry_option']),
  status: toText(row['entry_status']),
  activity: toText(row['stat']),
  order: toCount(row['entry_order']),
  priority: toCount(row['entry_priority']),
  wrapUpSeconds: toCount(row['wrap_up_sec']),
  answersAutomatically: toBoolean(row['auto_ans']),
  callLimit: toCount(row['call_limit']),
  mustConfirm: toBoolean(row['confirm_required']),
  activeCallCount: toCount(row['session_count']),
  errorText: toText(row['error_info']),
  updatedAt: toZonelessTime(row['last_update'], timeZone),
});

/** How many names go into one list, so that a request stays of a size that every host takes. */
const NAMES_IN_LIST = 100;

/** What an agent can be made, and which actions do it (facts §5.12). */
export const agentActions = {
  everywhere: { entry_action: 'make_im', option: 'immediate' },
  oneCall: { entry_action: 'make_av', option: 'available' },
  loggedOut: { entry_action: 'make_ma', option: 'manual' },
} as const;

export type AgentChange = keyof typeof agentActions;

export const createCallQueues = (requests: Requests, timeZone: string, confirm: Confirm) => {
  /** An item or items per queue, from one read for as many queues as a list may hold. */
  const forQueues = <Value>(
    keys: readonly CallQueueKey[],
    operation: ReadOperation,
    pick: (rows: readonly Resource[], key: CallQueueKey) => Value,
  ) =>
    settleEach<CallQueueKey, Value>(keys, {
      groupOf: ({ domain }) => domain,
      size: NAMES_IN_LIST,
      load: async (domain, group) => {
        const names = [...new Set(group.map(({ queue }) => queue))];
        const parameters = { domain, queue_list: names.join(',') };
        const rows = await collectAll(createReadRows(requests, operation, parameters));
        return group.map((key) => pick(rows, key));
      },
    });

  /** A number that lost its leading zeros is still the queue that was asked for (facts §3.4). */
  const agentsOf = (rows: readonly Resource[], { domain, queue }: CallQueueKey): readonly Agent[] =>
    rows
      .filter((row) => isSame(row['huntgroup_name'], queue))
      .map((row) => ({ ...toAgent(row, domain, timeZone), queue }))
      .filter(({ device }) => device !== '');

  const findAgent = (agents: readonly Agent[], device: string): Agent | null =>
    agents.find((agent) => isSame(agent.device, device)) ?? null;

  const getAgentAnew = async ({ domain, queue, device }: AgentKey): Promise<Agent | null> => {
    const parameters = { domain, queue_name: queue, device, start: '0', limit: '100' };
    return findAgent(agentsOf(await requests.readAnew('agent read', parameters), { domain, queue }), device);
  };

  return {
    /** A queue, null or an `Error` per key, in key order; the queues of a domain share a request. */
    getMany: (keys: readonly CallQueueKey[]) =>
      forQueues(keys, 'callqueue read', (rows, { domain, queue }) => {
        const row = rows.find((candidate) => isSame(candidate['queue_name'], queue));
        return row === undefined ? null : { ...toCallQueue(row, domain), queue };
      }),

    list: async (domain: string, page: PageRequest): Promise<Page<CallQueue>> => {
      const read = createReadRows(requests, 'callqueue read', { domain, sort: 'queue_name ASC' });
      const isQueue = (row: Resource) => toText(row['queue_name']) !== null;
      const found = await collectPage(page, read, { keep: isQueue, keepsMost: true });
      return {
        ...found,
        items: found.items.map(({ value, next }) => ({ value: toCallQueue(value, domain), next })),
      };
    },

    /** The agents of each queue, or an `Error`, in key order; the queues of a domain share a request. */
    listAgents: (keys: readonly CallQueueKey[]) => forQueues(keys, 'agent read', agentsOf),

    /**
     * What each subscriber is an agent of, or an `Error`, in key order. Upstream asks for agents by their queues only, so
     * that the queues of the domain are read first: two requests, however many subscribers.
     */
    listAgentsOfMany: (keys: readonly SubscriberKey[]) =>
      settleEach<SubscriberKey, readonly Agent[]>(keys, {
        groupOf: ({ domain }) => domain,
        size: Number.MAX_SAFE_INTEGER,
        load: async (domain, group) => {
          const rows = await collectAll(createReadRows(requests, 'callqueue read', { domain }));
          const names = rows.map((row) => toText(row['queue_name'])).filter((queue) => queue !== null);
          const queues = [...new Set(names)].map((queue) => ({ domain, queue }));
          const found = await forQueues(queues, 'agent read', agentsOf);
          const agents = found.flatMap((some) => {
            if (some instanceof Error) throw some;
            return some;
          });
          return group.map(({ user }) => agents.filter(({ ownerUser }) => isSame(ownerUser, user)));
        },
      }),

    /** An agent, null or an `Error` per key, in key order; the agents of a domain share a request. */
    getAgents: (keys: readonly AgentKey[]) =>
      settleEach<AgentKey, Agent | null>(keys, {
        groupOf: ({ domain }) => domain,
        size: Number.MAX_SAFE_INTEGER,
        load: async (_domain, group) => {
          const found = await forQueues(group, 'agent read', agentsOf);
          return group.map(({ device }, index) => {
            const agents = found[index];
            return agents instanceof Error ? agents : findAgent(agents ?? [], device);
          });
        },
      }),

    /** The calls that wait in a queue, longest first. One request a queue: upstream takes no list here. */
    listQueuedCalls: async ({ domain, queue }: CallQueueKey): Promise<readonly QueuedCall[]> => {
      const rows = await collectAll(createReadRows(requests, 'queued read', { domain, queue }));
      return rows
        .filter((row) => toText(row['orig_callid']) !== null)
        .map((row) => ({
          domain,
          queue,
          originCallId: toText(row['orig_callid']) ?? '',
          callerExtension: toText(row['orig_user']),
          callerName: toText(row['orig_name']),
          callerNumber: toText(row['ani']),
          beganAt: toZonelessTime(row['time_begin'], timeZone),
          waitSeconds: toCount(row['wait_seconds']),
        }))
        .toSorted((one, other) => (other.waitSeconds ?? 0) - (one.waitSeconds ?? 0));
    },

    /** Logs an agent in or out; answers the agent once it shows. */
    changeAgent: async (key: AgentKey, change: AgentChange): Promise<Agent> => {
      const { domain, queue, device } = key;
      const { entry_action, option } = agentActions[change];
      await requests.write('agent update', { domain, queue, device, entry_action, entry_option: option });
      const isChanged = (agent: Agent | null) => agent?.option?.toLowerCase() === option;
      return (await confirm(() => getAgentAnew(key), isChanged)) as Agent;
    },
  };
};
