import type { Answer, Row } from '../answer.ts';
import { administers, seesBelongings } from '../belonging.ts';
import { toAor } from '../device-record.ts';
import { isSame, pickSent } from '../filter.ts';
import { takesPart } from '../live-call.ts';
import { missingTarget, actionsOf, required, type Call, type PlatformObject } from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { agentsOf, isOwnAgent, visibleQueues } from '../queue-access.ts';
import { agentColumns, toAgentKey, type AgentRecord } from '../queue-record.ts';
import { readStatistics, toStatistics } from '../queue-statistic.ts';
import { Refusal } from '../refusal.ts';
import { given } from '../request.ts';
import { outOfScope, seesDomain } from '../scope.ts';
import { toKey } from '../state.ts';
import { toUid } from '../subscriber-record.ts';
import { parseTime } from '../window.ts';

const columns = [
  ...agentColumns,
  'session_count',
  'stat',
  'sub_firstname',
  'sub_lastname',
  'sub_login',
  'sub_fullname',
];

const read = (call: Call): Answer => {
  const { parameters, caller, state, now } = call;
  const domain = required(parameters, 'domain');
  if (given(parameters, 'queue_list') === undefined) required(parameters, 'queue_name');
  const shown = [...columns, ...readStatistics(parameters)];
  if (!seesDomain(caller, state, domain)) return outOfScope(call.switches, shown);
  const device = given(parameters, 'device');
  const period = Number(given(parameters, 'period') ?? Number.NaN);
  const agents = visibleQueues(call, domain)
    .flatMap((queue) => agentsOf(call, queue))
    .filter(
      (agent) =>
        (administers(call, domain) || isOwnAgent(call, agent)) &&
        (device === undefined || isSame(agent.device_aor, toWhole(device, domain))) &&
        (Number.isNaN(period) || (parseTime(agent.last_update) ?? 0) >= now - period * 1000),
    );
  return page(
    agents.map((agent) => toRow(agent, call)),
    { ...call, columns: shown, key: 'device_aor' },
  );
};

const toRow = (agent: AgentRecord, call: Call): Row => {
  const { state } = call;
  const { owner_user, owner_domain, entry_option } = agent;
  const owner = state.subscribers.get(toKey(toUid(owner_user, owner_domain)));
  const calls = [...state.calls.values()].filter(
    (live) => isSame(live.domain, owner_domain) && takesPart(live, owner_user),
  );
  return {
    ...agent,
    session_count: String(calls.length),
    stat: calls.length > 0 && entry_option !== 'manual' ? 'oncall' : agent.entry_status,
    sub_firstname: owner?.first_name ?? '',
    sub_lastname: owner?.last_name ?? '',
    sub_login: owner?.subscriber_login ?? '',
    sub_fullname: owner === undefined ? '' : `${owner.first_name} ${owner.last_name}`.trim(),
    ...toStatistics(call, owner_domain, [owner_user]),
  };
};

const toWhole = (device: string, domain: string): string => toAor(device.replace(/^sip:|@.*$/g, ''), domain);

/** What an action makes of the option, and whether it is meant for every queue of the device (facts §5.12). */
const actions = new Map([
  ['make_im', { entry_option: 'immediate', isEverywhere: true }],
  ['make_av', { entry_option: 'available', isEverywhere: false }],
  ['make_ma', { entry_option: 'manual', isEverywhere: false }],
  ['update', { entry_option: undefined, isEverywhere: false }],
]);

const options = new Set(['immediate', 'available', 'manual']);

const writable = [
  'entry_order',
  'entry_priority',
  'wrap_up_sec',
  'auto_ans',
  'call_limit',
  'confirm_required',
] as const;

/** Logs an agent in or out, or changes how it takes calls. Agents do so for themselves. */
const update = (call: Call): Answer => {
  const { parameters, state } = call;
  const domain = required(parameters, 'domain');
  const queue = required(parameters, 'queue');
  const device_aor = toWhole(required(parameters, 'device'), domain);
  const action = actions.get(required(parameters, 'entry_action'));
  if (action === undefined) throw new Refusal(400, 'Invalid parameter: entry_action');
  const option = action.entry_option ?? given(parameters, 'entry_option');
  if (option !== undefined && !options.has(option)) {
    throw new Refusal(400, 'Invalid parameter: entry_option');
  }

  const key = toAgentKey({ device_aor, huntgroup_name: queue, huntgroup_domain: domain });
  const found = state.agents.get(key);
  const isVisible =
    found === undefined
      ? administers(call, domain)
      : seesBelongings(call, { user: found.owner_user, domain: found.owner_domain });
  if (!isVisible) return outOfScope(call.switches);
  if (found === undefined) return missingTarget(call, 'No such agent.');
  return call.write((last_update) => {
    for (const [agentKey, agent] of state.agents) {
      const isMeant = agentKey === key || (action.isEverywhere && isSame(agent.device_aor, device_aor));
      if (!isMeant) continue;
      const status = option === 'manual' ? 'offline' : 'available';
      state.agents.set(agentKey, {
        ...agent,
        ...(agentKey === key && pickSent(parameters, writable)),
        ...(option !== undefined && { entry_option: option, entry_status: status }),
        last_update,
      });
    }
  });
};

/** Those who take the calls of queues (facts §5.12). */
export const agent: PlatformObject = {
  element: 'agent',
  actions: actionsOf({
    read: {
      parameters: [
        'domain',
        'queue_name',
        'queue_list',
        'device',
        'period',
        'stats',
        'start_date',
        'end_date',
        'range_interval',
        ...pageParameters,
      ],
      run: read,
    },
    update: {
      parameters: ['domain', 'queue', 'device', 'entry_action', 'entry_option', ...writable],
      run: update,
    },
  }),
};
