import { administers } from './belonging.ts';
import { isSame, readList } from './filter.ts';
import { isSelf } from './scope.ts';
import type { Call } from './operation.ts';
import { given } from './request.ts';
import type { AgentRecord, QueueRecord } from './queue-record.ts';
import { toKey } from './state.ts';
import { toUid } from './subscriber-record.ts';

/** The agents of a queue. */
export const agentsOf = (
  { state }: Pick<Call, 'state'>,
  { queue_name, domain }: QueueRecord,
): AgentRecord[] =>
  [...state.agents.values()].filter(
    (agent) => isSame(agent.huntgroup_name, queue_name) && isSame(agent.huntgroup_domain, domain),
  );

/** Whether an agent is the caller. */
export const isOwnAgent = (
  { caller }: Pick<Call, 'caller'>,
  { owner_user, owner_domain }: AgentRecord,
): boolean => isSelf(caller, toUid(owner_user, owner_domain));

/** The queues of a domain by their names: administrators see all, others those they are an agent of (facts §8). */
export const visibleQueues = (call: Call, domain: string): QueueRecord[] => {
  const name = given(call.parameters, 'queue_name') ?? given(call.parameters, 'queue');
  const names = readList(call.parameters, 'queue_list');
  return [...call.state.queues.values()].filter(
    (queue) =>
      isSame(queue.domain, domain) &&
      (name === undefined || isSame(queue.queue_name, name)) &&
      (names === undefined || names.has(toKey(queue.queue_name))) &&
      (administers(call, domain) || agentsOf(call, queue).some((agent) => isOwnAgent(call, agent))),
  );
};
