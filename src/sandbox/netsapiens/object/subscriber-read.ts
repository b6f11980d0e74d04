import type { Answer } from '../answer.ts';
import type { Call } from '../operation.ts';
import { page } from '../page.ts';
import { Refusal } from '../refusal.ts';
import { given } from '../request.ts';
import { outOfScope, seesDomain, seesSubscriber, seesTerritory } from '../scope.ts';
import { findByLogin, territoryOf, toKey } from '../state.ts';
import { DEPARTMENT, subscriberColumns, toUid, type SubscriberRecord } from '../subscriber-record.ts';

/** Columns that `read` filters by, each exactly, and whether without case. */
const filters = [
  { column: 'user', anyCase: true },
  { column: 'domain', anyCase: true },
  { column: 'first_name', anyCase: true },
  { column: 'last_name', anyCase: true },
  { column: 'email', anyCase: true },
  { column: 'dir', anyCase: false },
  { column: 'group', anyCase: false },
] as const;

/** Everything `read` accepts to choose by; the last three are listed without a meaning, so they choose nothing. */
export const subscriberFilters = [
  ...filters.map(({ column }) => column),
  'uid',
  'login',
  'territory',
  'srv_code',
  'scope',
  'directory_match',
  'owner',
  'filter_users',
  'name',
];

const identities = ['uid', 'login', 'domain', 'territory'] as const;

/** Whole records: of one user, of a domain or of a territory, as far as the caller sees them (facts §4.2). */
export const readSubscribers = (call: Call): Answer => {
  const { parameters, caller, state } = call;
  if (identities.every((name) => given(parameters, name) === undefined)) {
    throw new Refusal(400, `Missing parameter: one of ${identities.join(', ')}`);
  }
  const territory = given(parameters, 'territory');
  const visible =
    namedDomains(call).every((domain) => seesDomain(caller, state, domain)) &&
    (territory === undefined || seesTerritory(caller, territory));
  if (!visible) return outOfScope(call.switches, subscriberColumns);

  const rows = candidates(call).filter(
    (record) => seesSubscriber(caller, state, record) && matches(call, record),
  );
  return page(rows, { ...call, columns: subscriberColumns, key: 'user' });
};

/** The one record that a full key can mean, or all. */
const candidates = ({ parameters, state }: Call): readonly SubscriberRecord[] => {
  const user = given(parameters, 'user');
  const domain = given(parameters, 'domain');
  const pair = user === undefined || domain === undefined ? undefined : toUid(user, domain);
  const uid = given(parameters, 'uid') ?? pair;
  if (uid === undefined) return [...state.subscribers.values()];
  const record = state.subscribers.get(toKey(uid));
  return record === undefined ? [] : [record];
};

/** The domains a read is about, however it names them. */
const namedDomains = ({ parameters, state }: Call): string[] => {
  const login = given(parameters, 'login');
  const names = [
    given(parameters, 'domain'),
    domainOf(given(parameters, 'uid')),
    login === undefined ? undefined : findByLogin(state, login)?.domain,
  ];
  return names.filter((name) => name !== undefined);
};

const domainOf = (uid = ''): string | undefined => /@([^@]+)$/.exec(uid)?.[1];

const matches = ({ parameters, state }: Call, record: SubscriberRecord): boolean => {
  const uid = given(parameters, 'uid');
  const login = given(parameters, 'login');
  const territory = given(parameters, 'territory');
  const scopes = given(parameters, 'scope')?.split(',');
  // The one filter in which an empty value says something: ordinary users only (facts §4.2).
  const serviceCode = parameters.get('srv_code');

  return (
    (uid === undefined || toKey(uid) === toKey(toUid(record.user, record.domain))) &&
    (login === undefined || toKey(login) === toKey(record.subscriber_login)) &&
    (territory === undefined || territory === territoryOf(state, record.domain)) &&
    (scopes === undefined || scopes.some((scope) => scope.trim() === record.scope)) &&
    (serviceCode === undefined || serviceCode === record.srv_code) &&
    (given(parameters, 'directory_match') !== 'departments' || record.srv_code === DEPARTMENT) &&
    filters.every(({ column, anyCase }) => {
      const wanted = given(parameters, column);
      if (wanted === undefined || wanted === record[column]) return true;
      return anyCase && wanted.toLowerCase() === record[column].toLowerCase();
    })
  );
};
