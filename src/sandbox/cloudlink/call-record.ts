import { isAdministrator } from './access.ts';
import { readBody } from './body.ts';
import type { CallHistory } from './call-history.ts';
import { Failure, notFound } from './failure.ts';
import type { Scope } from './filter-scope.ts';
import { everything, readScope } from './filter-scope.ts';
import { toCollection } from './hal.ts';
import { createLazyList, type Pageable } from './lazy-list.ts';
import { isE164, toIso } from './live-call.ts';
import { parseFilter } from './odata.ts';
import type { PastCall } from './past-call.ts';
import { principalOf, principalsOf } from './past-call.ts';
import type { Call, Handler } from './service.ts';
import { ok } from './service.ts';
import { VERSION } from './version.ts';
import { tell, type Store } from './store.ts';
import type { ObjectSchema } from './validation.ts';

/** A string is what the official sample sends (facts §6.2). */
const hiding: ObjectSchema<{ readonly hide: unknown }> = {
  type: 'object',
  properties: { hide: { type: 'any' } },
  required: ['hide'],
};

/** The finished calls of the caller's account. Throws a 404 where the account has gone. */
export const historyOf = ({ store, principal }: Call): CallHistory => {
  const history = store.media.histories.get(principal.accountId);
  if (history === undefined) throw notFound();
  return history;
};

/** Administrators and clients see the account's calls, others those they took part in. */
export const maySeeCall = ({ principal }: Pick<Call, 'principal'>, past: PastCall): boolean =>
  isAdministrator(principal) || principalsOf(past).includes(principal.principalId);

/** The fields a record may have (facts §6.2), and one that only filters know (facts §3.4). */
interface CallRecord {
  readonly callId: string;
  siteId?: string;
  readonly from: string;
  readonly fromName: string;
  fromPrincipalId?: string;
  readonly to: string;
  readonly toName: string;
  toPrincipalId?: string;
  readonly fromNumberE164: boolean;
  readonly toNumberE164: boolean;
  readonly state: 'completed';
  readonly cause: string;
  readonly direction: 'inbound' | 'outbound';
  readonly createdOn: string;
  readonly endTime: string;
  readonly completed: boolean;
  readonly ringTime: number;
  readonly billingTime: number;
  readonly principal: string;
  readonly _links: { readonly self: string };
}

/**
 * A record is a call in state `completed` (facts §6.2). A call between colleagues is told once: as it was placed.
 * Filters may walk through hundreds of thousands of them, hence the assignments instead of spreads.
 */
export const toRecord = (store: Store, past: PastCall): CallRecord => {
  const { callId, from, to, startedAt, ringSeconds, talkSeconds } = past;
  const { isAnswered = talkSeconds > 0 } = past;
  const [caller, callee] = [principalOf(from), principalOf(to)];
  const siteId = store.users.get(caller ?? callee ?? '')?.siteId;
  const record: CallRecord = {
    callId,
    from: from.number,
    fromName: from.name,
    to: to.number,
    toName: to.name,
    fromNumberE164: isE164(from.number),
    toNumberE164: isE164(to.number),
    state: 'completed',
    cause: past.cause ?? (isAnswered ? 'newCall' : 'callNotAnswer'),
    direction: past.direction === 'inbound' ? 'inbound' : 'outbound',
    createdOn: toIso(startedAt),
    endTime: toIso(startedAt + (ringSeconds + talkSeconds) * 1000),
    completed: isAnswered,
    ringTime: ringSeconds,
    billingTime: talkSeconds,
    principal: `${caller ?? ''} ${callee ?? ''}`,
    _links: { self: `/${VERSION}/calls/${callId}/records` },
  };
  if (siteId !== undefined) record.siteId = siteId;
  if (caller !== undefined) record.fromPrincipalId = caller;
  if (callee !== undefined) record.toPrincipalId = callee;
  return record;
};

export const showRecord = ({ principal: _principal, ...shown }: CallRecord) => shown;

const scopeOf = (call: Call): Scope => {
  const filter = call.query.get('$filter') ?? '';
  if (filter.trim() === '') return everything;
  // What is malformed is refused before anything else is made of it.
  parseFilter(filter);
  return readScope(filter);
};

/** The records the caller may see, newest first, read only as far as the page and its filter need. */
const recordsOf = (call: Call): Pageable<CallRecord> => {
  const { store, principal } = call;
  const history = historyOf(call);
  const { hiddenCalls } = store.media;
  const isAdmin = isAdministrator(principal);
  const scope = scopeOf(call);
  const own = isAdmin ? scope : { ...scope, parties: new Set([principal.principalId]) };
  const isShown = (past: PastCall) => !hiddenCalls.has(past.callId) && maySeeCall(call, past);
  const read = function* () {
    for (const past of history.within(own)) if (isShown(past)) yield toRecord(store, past);
  };
  if (!isAdmin || hiddenCalls.size > 0) return createLazyList(read);
  return createLazyList(read, (start, end) => history.slice(start, end).map((past) => toRecord(store, past)));
};

/** One call's record, as the list it is documented to be. Throws a 404 for a PBX call id (facts §6.3). */
const findRecord = (call: Call): CallRecord => {
  const past = historyOf(call).find(call.parameter('callId'));
  if (past === undefined || call.store.media.hiddenCalls.has(past.callId) || !maySeeCall(call, past))
    throw notFound();
  return toRecord(call.store, past);
};

const requireHide = (call: Call): void => {
  const { hide } = readBody(call, hiding);
  if (typeof hide !== 'boolean' && hide !== 'true' && hide !== 'false')
    throw new Failure(400, 'data.hide should be boolean');
  if (String(hide) === 'false')
    throw new Failure(400, 'data.hide should be equal to one of the allowed values');
};

export const listRecords: Handler = (call) => toCollection(call, recordsOf(call), { show: showRecord });

const hide = (call: Call, callId: string): void => {
  const { store, principal } = call;
  const past = historyOf(call).find(callId);
  store.media.hiddenCalls.add(callId);
  if (past !== undefined) tell(store, 'callRecord', { accountId: principal.accountId, past }, 'removed');
};

/** Without a filter this would hide everything, so one is required. */
export const hideRecords: Handler = (call) => {
  const filter = call.query.get('$filter') ?? '';
  if (filter.trim() === '') throw new Failure(400, "query should have required property '$filter'");
  requireHide(call);
  const matching = recordsOf(call).filter(parseFilter(filter)).slice(0, Infinity);
  for (const { callId } of matching) hide(call, callId);
  return ok({});
};

export const listCallRecords: Handler = (call) =>
  toCollection(call, [findRecord(call)], { show: showRecord });

export const hideCallRecords: Handler = (call) => {
  const { callId } = findRecord(call);
  requireHide(call);
  hide(call, callId);
  return ok({});
};
