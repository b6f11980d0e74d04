import type { Answer, Row } from '../answer.ts';
import { domainColumns, type DomainRecord } from '../domain-record.ts';
import type { Call, PlatformObject } from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { given } from '../request.ts';
import { outOfScope, reachesTo, seesDomain, seesTerritory } from '../scope.ts';
import { toKey, type State } from '../state.ts';
import { DEPARTMENT } from '../subscriber-record.ts';
import { createDomain, deleteDomain, domainWriteParameters, updateDomain } from './domain-write.ts';

/** Counted when a domain is read, not stored. */
const gauges = ['active_call', 'countForLimit', 'countExternal', 'sub_count'] as const;

/** What `billing=yes` adds: how much of each `max_` is in use, by the service code of its rows (facts §5.1). */
const counters = {
  current_user: '',
  current_call_queue: 'system-queue',
  current_aa: 'system-aa',
  current_conference: 'system-conference',
  current_department: DEPARTMENT,
} as const;

/** The domains a caller administers: from the office manager's own one up to all (facts §5.1). */
const visibleDomains = ({ parameters, caller, state }: Call): readonly DomainRecord[] | undefined => {
  const name = given(parameters, 'domain') ?? '*';
  const territory = given(parameters, 'territory');
  const isVisible =
    reachesTo(caller, 'domain') &&
    (name === '*' || seesDomain(caller, state, name)) &&
    (territory === undefined || seesTerritory(caller, territory));
  if (!isVisible) return undefined;

  return [...state.domains.values()].filter(
    (record) =>
      seesDomain(caller, state, record.domain) &&
      (name === '*' || toKey(name) === toKey(record.domain)) &&
      (territory === undefined || territory === record.territory),
  );
};

/** Without a domain, or with an empty one, all visible ones; a name that nobody has gives nothing. */
const read = (call: Call): Answer => {
  const isBilling = given(call.parameters, 'billing') === 'yes';
  const columns = [
    ...domainColumns,
    ...gauges,
    ...(isBilling ? [...Object.keys(counters), 'current_site', 'current_device', 'current_fax'] : []),
  ];
  const records = visibleDomains(call);
  if (records === undefined) return outOfScope(call.switches, columns);
  const rows = records.map((record) => toRow(record, call.state, isBilling));
  return page(rows, { ...call, columns, key: 'domain' });
};

const count = (call: Call): Answer => {
  const records = visibleDomains(call);
  return records === undefined
    ? outOfScope(call.switches, domainColumns)
    : { kind: 'total', total: records.length };
};

const toRow = (record: DomainRecord, state: State, isBilling: boolean): Row => {
  const rows = [...state.subscribers.values()].filter(({ domain }) => domain === record.domain);
  const calls = rows.reduce((sum, { gauSession }) => sum + Number(gauSession), 0);
  const gauged = {
    ...record,
    active_call: String(calls),
    countForLimit: String(calls),
    countExternal: '0',
    sub_count: String(rows.length),
  };
  if (!isBilling) return gauged;

  const current = Object.entries(counters).map(([name, code]) => [
    name,
    String(rows.filter(({ srv_code }) => srv_code === code).length),
  ]);
  const sites = new Set(rows.map(({ site }) => site).filter((site) => site !== '' && site !== 'n/a'));
  return {
    ...gauged,
    ...Object.fromEntries(current),
    current_site: String(sites.size),
    current_device: '0',
    current_fax: '0',
  };
};

/** The tenants (facts §5.1). */
export const domain: PlatformObject = {
  element: 'domain',
  actions: new Map(
    Object.entries({
      read: { parameters: ['domain', 'territory', 'billing', ...pageParameters], run: read },
      count: { parameters: ['domain', 'territory'], run: count },
      create: { parameters: domainWriteParameters, run: createDomain },
      update: { parameters: domainWriteParameters, run: updateDomain },
      delete: {
        parameters: ['domain', 'phone_numbers_option', 'sms_numbers_option', 'mac_option'],
        run: deleteDomain,
      },
    }),
  ),
};
