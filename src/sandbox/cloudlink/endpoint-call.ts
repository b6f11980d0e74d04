import { readBody } from './body.ts';
import { Failure, notFound } from './failure.ts';
import { flag, text } from './field.ts';
import type { FarEnd } from './far-end.ts';
import type { Endpoint } from './endpoint.ts';
import { findEndpoint, readEndpoint, readOwnEndpoint, seenBy, settingsOf } from './endpoint.ts';
import { toCollection } from './hal.ts';
import type { CallView, Party } from './live-call.ts';
import { toCallView } from './live-call.ts';
import { omit } from './omit.ts';
import type { Call, Handler } from './service.ts';
import { ok } from './service.ts';
import type { Store } from './store.ts';
import type { Seen } from './switchboard.ts';
import type { ObjectSchema } from './validation.ts';

const MOST_CALLS = 2;
const LONGEST_EXTENSION = 5;

/** What can be dialled. */
export const NUMBER = '^\\+?[0-9*#]{1,32}$';

interface Placing {
  readonly to: string;
  readonly from?: string;
  readonly fromName?: string;
  readonly record?: boolean;
  readonly originateTimeout?: number;
  readonly timeoutMs?: number;
  readonly successUrl?: string;
  readonly failureUrl?: string;
  readonly associatedCallId?: string;
  readonly executeOnAnswer?: string;
}

const schema: ObjectSchema<Placing> = {
  type: 'object',
  properties: {
    to: { type: 'string', pattern: NUMBER },
    from: text,
    fromName: text,
    record: flag,
    originateTimeout: { type: 'integer', minimum: 0, maximum: 120 },
    timeoutMs: { type: 'integer' },
    successUrl: { type: 'string', format: 'uri' },
    failureUrl: { type: 'string', format: 'uri' },
    associatedCallId: text,
    executeOnAnswer: { type: 'string', enum: ['bridge'] },
  },
  required: ['to'],
};

export const toParty = ({ endpointId, user }: Endpoint): Party => ({
  number: endpointId,
  name: user.name ?? '',
  userId: user.userId,
  ...(user.siteId !== undefined && { siteId: user.siteId }),
  endpointId,
});

const findRefusal = (store: Store, accountId: string, number: string): string | undefined => {
  if (settingsOf(store, accountId, number).dnd) return 'doNotDisturb';
  return seenBy(store, accountId, number).length >= MOST_CALLS ? 'busy' : undefined;
};

/** Who answers to a number: a colleague with an endpoint, one whom only the PBX knows, nobody, or somebody outside. */
export const findFarEnd = (store: Store, accountId: string, number: string): FarEnd => {
  const endpoint = findEndpoint(store, accountId, number);
  if (endpoint !== undefined) {
    const refusal = findRefusal(store, accountId, number);
    return { party: toParty(endpoint), ...(refusal !== undefined && { refusal }) };
  }
  const name = store.media.directories.get(accountId)?.names.get(number);
  const isNobody = name === undefined && number.length <= LONGEST_EXTENSION;
  return { party: { number, name: name ?? '' }, ...(isNobody && { refusal: 'destNotObtainable' }) };
};

const toShown = (seen: Seen): readonly CallView[] => {
  const view = toCallView(seen.call, seen.side);
  return view === undefined ? [] : [view];
};

/** A call as an endpoint's own routes show it; `GET /calls` shows more (facts §6.1). */
const toCall = (view: CallView) => omit(view, 'accountId', 'userId', 'sequenceNumber', 'connectedParty');

/** The call the path names. The id is the PBX's own, which ends the `callId` of the lists (facts §6.3). Throws a 404. */
export const readCall = ({ store, principal, parameter }: Call): Seen => {
  const { accountId } = principal;
  const seen = store.media.switchboard.find(accountId, parameter('endpointId'), parameter('callId'));
  if (seen === undefined) throw notFound();
  return seen;
};

export const listCalls: Handler = (call) => {
  const { endpointId } = readEndpoint(call);
  const seen = seenBy(call.store, call.principal.accountId, endpointId);
  return toCollection(call, seen.flatMap(toShown), { show: toCall });
};

/** The caller's own calls, on whatever endpoint: there is no view of a whole account's (facts §6.1). */
export const listOwnCalls: Handler = (call) => {
  const { accountId, principalId } = call.principal;
  const own = call.store.media.switchboard
    .seenIn(accountId)
    .filter(({ call: seen, side }) => seen[side].party.userId === principalId);
  return toCollection(call, own.flatMap(toShown));
};

export const getCall: Handler = (call) => {
  readOwnEndpoint(call);
  return ok(toShown(readCall(call)).map(toCall)[0]);
};

export const postCall: Handler = (call) => {
  const endpoint = readOwnEndpoint(call);
  const { to, from, fromName, record = false, originateTimeout = 0 } = readBody(call, schema);
  const { endpointId, user } = endpoint;
  if (to === endpointId) throw new Failure(409, 'An endpoint cannot call itself');
  const { switchboard } = call.store.media;
  const now = call.clock.now();
  const own = toParty(endpoint);
  const placed = switchboard.prepare(
    {
      accountId: user.accountId,
      caller: { party: { ...own, number: from ?? own.number, name: fromName ?? own.name } },
      farEnd: findFarEnd(call.store, user.accountId, to),
      cause: 'newCall',
      isRecorded: record,
      ringSeconds: originateTimeout,
    },
    now,
  );
  switchboard.commit([], [placed], now);
  return ok(toShown({ call: placed, side: 'from' }).map(toCall)[0]);
};
