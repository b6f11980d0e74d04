/** The columns of a call queue that are kept (facts §5.12). */
export const queueColumns = [
  'queue_name',
  'domain',
  'description',
  'default_user',
  'queue_option',
  'huntgroup_option',
  'max_time',
  'wait_limit',
  'length_limit',
  'agent_required',
  'callback_max_hours',
  'connect_to',
  'run_stats',
  'sring_1st',
  'sring_inc',
  'auto_logout',
] as const;

export type QueueRecord = Readonly<Record<(typeof queueColumns)[number], string>>;

/** The columns of an agent that are kept; its names and its calls are those of its owner. */
export const agentColumns = [
  'device_aor',
  'huntgroup_name',
  'huntgroup_domain',
  'entry_option',
  'entry_status',
  'entry_order',
  'entry_priority',
  'wrap_up_sec',
  'auto_ans',
  'call_limit',
  'confirm_required',
  'entry_device',
  'owner_user',
  'owner_domain',
  'error_info',
  'last_update',
  'device',
] as const;

export type AgentRecord = Readonly<Record<(typeof agentColumns)[number], string>>;

/** What a queue is that holds parked calls instead of ringing agents. */
export const CALL_PARK = 'Call Park';

export const toAgentKey = ({
  device_aor,
  huntgroup_name,
  huntgroup_domain,
}: Pick<AgentRecord, 'device_aor' | 'huntgroup_name' | 'huntgroup_domain'>): string =>
  `${device_aor} ${huntgroup_name}@${huntgroup_domain}`.toLowerCase();

type GivenQueue = Partial<QueueRecord> & Pick<QueueRecord, 'queue_name' | 'domain'>;

export const newQueue = (given: GivenQueue): QueueRecord => ({
  description: given.queue_name,
  default_user: '',
  queue_option: '',
  huntgroup_option: '1stAvail',
  max_time: '60',
  wait_limit: '300',
  length_limit: '20',
  agent_required: 'no',
  callback_max_hours: '0',
  connect_to: '',
  run_stats: 'yes',
  sring_1st: '1',
  sring_inc: '1',
  auto_logout: 'no',
  ...given,
});
