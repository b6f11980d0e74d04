import { total, type Answer, type Row } from '../answer.ts';
import { atTime, REGISTERED } from '../device-record.ts';
import { isSame } from '../filter.ts';
import { actionsOf, required, type Call, type PlatformObject } from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { given } from '../request.ts';
import { outOfScope, reachesTo, seesDomain } from '../scope.ts';
import { toKey } from '../state.ts';
import type { SubscriberRecord } from '../subscriber-record.ts';

const columns = ['site', 'domain'];

/** What `billing=yes` adds: how much of everything a site has. */
const counters = [
  'current_user',
  'current_queues',
  'current_device',
  'current_registered_device',
  'current_calls',
];

/** The sites the caller sees with the users of each: an office manager every one, a site manager the own. */
const visibleSites = ({
  parameters,
  caller,
  state,
}: Call): ReadonlyMap<string, SubscriberRecord[]> | undefined => {
  const domain = required(parameters, 'domain');
  if (!reachesTo(caller, 'site') || !seesDomain(caller, state, domain)) return undefined;
  const wanted = given(parameters, 'site');
  const users = [...state.subscribers.values()].filter(
    (record) =>
      toKey(record.domain) === toKey(domain) &&
      record.site !== '' &&
      record.site !== 'n/a' &&
      (wanted === undefined || isSame(record.site, wanted)) &&
      (reachesTo(caller, 'domain') || record.site === caller.site),
  );
  return Map.groupBy(users, ({ site }) => site);
};

const toRow = (site: string, users: readonly SubscriberRecord[], { state, now }: Call): Row => {
  const names = new Set(users.map(({ user }) => toKey(user)));
  const domain = users[0]?.domain ?? '';
  const devices = [...state.devices.values()]
    .filter((device) => isSame(device.subscriber_domain, domain) && names.has(toKey(device.subscriber_name)))
    .map((device) => atTime(device, now));
  const calls = [...state.calls.values()].filter(
    (call) =>
      isSame(call.domain, domain) &&
      [call.orig.user, call.term.user].some((user) => user !== null && names.has(toKey(user))),
  );
  return {
    site,
    domain,
    current_user: String(users.filter(({ srv_code }) => srv_code === '').length),
    current_queues: String(users.filter(({ srv_code }) => srv_code === 'system-queue').length),
    current_device: String(devices.length),
    current_registered_device: String(devices.filter(({ mode }) => mode === REGISTERED).length),
    current_calls: String(calls.length),
  };
};

const read = (call: Call): Answer => {
  const isBilling = given(call.parameters, 'billing') === 'yes';
  const shown = isBilling ? [...columns, ...counters] : columns;
  const sites = visibleSites(call);
  if (sites === undefined) return outOfScope(call.switches, shown);
  const rows = [...sites].map(([site, users]) =>
    isBilling ? toRow(site, users, call) : toName(site, users),
  );
  return page(rows, { ...call, columns: shown, key: 'site' });
};

const toName = (site: string, [first]: readonly SubscriberRecord[]): Row => ({
  site,
  domain: first?.domain ?? '',
});

const count = (call: Call): Answer => {
  const sites = visibleSites(call);
  return sites === undefined ? outOfScope(call.switches, columns) : total(sites.size);
};

const parameters = ['domain', 'site', 'billing', ...pageParameters];

/** The sites of a domain: places that users are at (facts §5.2). */
export const site: PlatformObject = {
  element: 'site',
  actions: actionsOf({
    read: { parameters, run: read },
    list: { parameters, run: read },
    count: { parameters, run: count },
  }),
};
