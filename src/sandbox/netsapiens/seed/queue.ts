import type { Company, CompanyAccount, Person } from '../../company.ts';
import { toAor } from '../device-record.ts';
import { CALL_PARK, newQueue, toAgentKey, type AgentRecord, type QueueRecord } from '../queue-record.ts';
import { toKey } from '../state.ts';
import { toTime, toUid } from '../subscriber-record.ts';

const queues = [
  { queue_name: '800', description: 'Main Queue', huntgroup_option: '1stAvail', wait_limit: '300' },
  { queue_name: '803', description: 'Support Queue', huntgroup_option: 'SRing', agent_required: 'yes' },
  { queue_name: '700', description: 'Call Park', huntgroup_option: CALL_PARK, max_time: '10' },
] as const;

/** Two queues with agents and a place to park calls, for each domain. */
export const seedQueues = (company: Company): (readonly [string, QueueRecord])[] =>
  company.accounts.flatMap(({ domain }) =>
    queues.map((given) => [toKey(toUid(given.queue_name, domain)), newQueue({ ...given, domain })] as const),
  );

/** Everybody in the main queue up to eight; of these every other, and whoever is an agent by scope, in the second. */
export const seedAgents = (company: Company, now: number): (readonly [string, AgentRecord])[] =>
  company.accounts
    .flatMap((account) => toAgents(account, company.people, now))
    .map((agent) => [toAgentKey(agent), agent] as const);

const toAgents = ({ domain }: CompanyAccount, people: readonly Person[], now: number): AgentRecord[] => {
  const own = people.filter((person) => person.domain === domain && person.legacy !== undefined);
  const main = own.slice(0, 8);
  const second = own.filter(
    (person, index) =>
      (index < 8 && index % 2 === 1) || person.legacy?.scope.startsWith('Call Center') === true,
  );
  return [
    ...main.map((person, index) => toAgent(person, '800', index, now)),
    ...second.map((person, index) => toAgent(person, '803', index, now)),
  ];
};

const options = ['immediate', 'immediate', 'available', 'manual'] as const;

const toAgent = (person: Person, queue: string, index: number, now: number): AgentRecord => {
  const option = options[index % options.length] ?? 'immediate';
  const aor = toAor(person.extension, person.domain);
  return {
    device_aor: aor,
    huntgroup_name: queue,
    huntgroup_domain: person.domain,
    entry_option: option,
    entry_status: option === 'manual' ? 'offline' : 'available',
    entry_order: String(index + 1),
    entry_priority: '1',
    wrap_up_sec: '10',
    auto_ans: 'no',
    call_limit: '1',
    confirm_required: 'no',
    entry_device: aor,
    owner_user: person.extension,
    owner_domain: person.domain,
    error_info: '',
    last_update: toTime(now - (index + 1) * 600_000),
    device: aor,
  };
};
