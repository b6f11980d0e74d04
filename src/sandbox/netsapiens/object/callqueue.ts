import type { Answer, Row } from '../answer.ts';
import { administers } from '../belonging.ts';
import { isSame, pickSent } from '../filter.ts';
import {
  duplicate,
  missingTarget,
  actionsOf,
  required,
  type Call,
  type PlatformObject,
} from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { agentsOf, visibleQueues } from '../queue-access.ts';
import { CALL_PARK, newQueue, queueColumns, type QueueRecord } from '../queue-record.ts';
import { readStatistics, toStatistics } from '../queue-statistic.ts';
import { Refusal } from '../refusal.ts';
import { given } from '../request.ts';
import { outOfScope, seesDomain } from '../scope.ts';
import { toKey } from '../state.ts';
import { toUid } from '../subscriber-record.ts';
import { waitingIn } from './queued.ts';

const columns = [...queueColumns, 'queuedcall_count', 'agent_count'];

const read = (call: Call): Answer => {
  const { parameters, caller, state } = call;
  const domain = required(parameters, 'domain');
  const shown =
    given(parameters, 'list') === undefined
      ? [...columns, ...readStatistics(parameters)]
      : ['queue_name', 'description'];
  if (!seesDomain(caller, state, domain)) return outOfScope(call.switches, shown);
  const isPark = given(parameters, 'type') === 'park';
  const agent = given(parameters, 'agent');
  const queues = visibleQueues(call, domain).filter(
    (queue) =>
      (!isPark || queue.huntgroup_option === CALL_PARK) &&
      (agent === undefined || agentsOf(call, queue).some((row) => isNamed(agent, row))),
  );
  return page(
    queues.map((queue) => toRow(queue, call)),
    { ...call, columns: shown, key: 'queue_name' },
  );
};

/** An agent is named by its device, whole or not, or by its user. */
const isNamed = (name: string, { device_aor, owner_user }: Row): boolean =>
  isSame(device_aor, name) || isSame(owner_user, name.replace(/^sip:|@.*$/g, ''));

const toRow = (queue: QueueRecord, call: Call): Row => {
  const agents = agentsOf(call, queue);
  return {
    ...queue,
    queuedcall_count: String(waitingIn(call.state, queue).length),
    agent_count: String(agents.length),
    ...toStatistics(
      call,
      queue.domain,
      agents.map(({ owner_user }) => owner_user),
    ),
  };
};

const writable = queueColumns.filter((column) => column !== 'queue_name' && column !== 'domain');

const huntgroups = new Set([CALL_PARK, '1stAvail', 'SRing', 'SRingOrdered', 'Linear']);

const readColumns = ({ parameters }: Call) => {
  const option = given(parameters, 'huntgroup_option');
  if (option !== undefined && !huntgroups.has(option)) {
    throw new Refusal(400, 'Invalid parameter: huntgroup_option');
  }
  return pickSent(parameters, writable);
};

/** Writes say `queue` where reads say `queue_name`. */
const toTarget = ({ parameters }: Call) => {
  const domain = required(parameters, 'domain');
  const queue_name = required(parameters, 'queue');
  return { domain, queue_name, key: toKey(toUid(queue_name, domain)) };
};

const create = (call: Call): Answer => {
  const { parameters, state } = call;
  const { key, domain, queue_name } = toTarget(call);
  required(parameters, 'huntgroup_option');
  const queue = newQueue({ domain, queue_name, ...readColumns(call) });
  if (!administers(call, domain)) return outOfScope(call.switches);
  if (state.queues.has(key)) throw duplicate(call, 'The queue exists already.');
  return call.write(() => {
    if (!state.queues.has(key)) state.queues.set(key, queue);
  });
};

const update = (call: Call): Answer => {
  const { state } = call;
  const { key, domain } = toTarget(call);
  const changes = readColumns(call);
  if (!administers(call, domain)) return outOfScope(call.switches);
  if (!state.queues.has(key)) return missingTarget(call, 'No such queue.');
  return call.write(() => {
    const queue = state.queues.get(key);
    if (queue !== undefined) state.queues.set(key, { ...queue, ...changes });
  });
};

/** Removes a queue and with it what its agents are in it. */
const remove = (call: Call): Answer => {
  const { state } = call;
  const { key, domain, queue_name } = toTarget(call);
  if (!administers(call, domain)) return outOfScope(call.switches);
  if (!state.queues.has(key)) return missingTarget(call, 'No such queue.');
  return call.write(() => {
    state.queues.delete(key);
    for (const [agentKey, agent] of state.agents) {
      if (isSame(agent.huntgroup_name, queue_name) && isSame(agent.huntgroup_domain, domain)) {
        state.agents.delete(agentKey);
      }
    }
  });
};

/** Call queues and places to park calls (facts §5.12). */
export const callqueue: PlatformObject = {
  element: 'call_queue',
  actions: actionsOf({
    read: {
      parameters: [
        'domain',
        'queue_name',
        'queue_list',
        'type',
        'list',
        'agent',
        'run_stats',
        'stats',
        'start_date',
        'end_date',
        'range_interval',
        ...pageParameters,
      ],
      run: read,
    },
    create: { parameters: ['domain', 'queue', ...writable], run: create },
    update: { parameters: ['domain', 'queue', ...writable], run: update },
    delete: { parameters: ['domain', 'queue'], run: remove },
  }),
};
