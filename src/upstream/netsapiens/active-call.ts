import { settleEach } from '../batch.ts';
import { toText, type Resource } from '../decode.ts';
import { collectAll, collectPage, type Page, type PageRequest } from '../page.ts';
import type { Parameters, Requests, WriteOperation } from './request.ts';
import { createReadRows, pickEach } from './rows.ts';
import { isSame } from './same.ts';
import type { SubscriberKey } from './subscriber.ts';
import { toZonelessTime, type ZonelessTime } from './time.ts';

/** A call that goes on is one leg: the ids of both its sides (facts §7). */
export interface ActiveCallKey {
  readonly domain: string;
  readonly originCallId: string;
  /** Empty where the destination has no leg yet, and where it was not told: then it is any. */
  readonly destinationCallId: string;
}

/** One side of a call. Whoever is outside has no extension, and `*` for a domain, which is null here. */
export interface ActiveCallParty {
  readonly callId: string | null;
  readonly extension: string | null;
  readonly domain: string | null;
  readonly uri: string | null;
  readonly name: string | null;
  readonly number: string | null;
  /** The state of this side, in the vendor's word. */
  readonly state: string | null;
}

/** A call that goes on (facts §5.4). */
export interface ActiveCall extends ActiveCallKey {
  readonly origin: ActiveCallParty;
  readonly destination: ActiveCallParty;
  /** What brought the two sides together, where something did. */
  readonly byAction: string | null;
  readonly byUser: string | null;
  readonly byDomain: string | null;
  readonly byCallId: string | null;
  readonly beganAt: ZonelessTime | null;
  readonly answeredAt: ZonelessTime | null;
}

export const toDomainName = (value: unknown): string | null => {
  const text = toText(value);
  return text === '*' ? null : text;
};

export const toActiveCall = (row: Resource, domain: string, timeZone: string): ActiveCall => ({
  domain,
  originCallId: toText(row['orig_callid']) ?? '',
  destinationCallId: toText(row['term_callid']) ?? '',
  origin: {
    callId: toText(row['orig_callid']),
    extension: toText(row['orig_user']),
    domain: toDomainName(row['orig_domain']),
    uri: toText(row['orig_uri']),
    name: toText(row['orig_name']),
    number: toText(row['ani']),
    state: toText(row['orig_call_info']),
  },
  destination: {
    callId: toText(row['term_callid']),
    extension: toText(row['term_user']),
    domain: toDomainName(row['term_domain']),
    uri: toText(row['term_uri']),
    name: null,
    number: toText(row['dnis']),
    state: toText(row['term_call_info']),
  },
  byAction: toText(row['by_action']),
  byUser: toText(row['by_user']),
  byDomain: toDomainName(row['by_domain']),
  byCallId: toText(row['by_callid']),
  beganAt: toZonelessTime(row['time_begin'], timeZone),
  answeredAt: toZonelessTime(row['time_answer'], timeZone),
});

/** Whoever is outside has the domain `*`; some builds tell none. */
const takesPart = (row: Resource, { domain, user }: SubscriberKey): boolean =>
  ['orig', 'term'].some(
    (side) =>
      isSame(row[`${side}_user`], user) &&
      (toText(row[`${side}_domain`]) ?? domain).toLowerCase() === domain.toLowerCase(),
  );

/** The state of a call as a whole, in words that both platforms have: it rings until it is answered. */
export const stateOf = ({
  origin,
  destination,
  answeredAt,
}: ActiveCall): 'ringing' | 'connected' | 'held' => {
  if ([origin.state, destination.state].some((state) => state?.toLowerCase() === 'held')) return 'held';
  return answeredAt?.instant ? 'connected' : 'ringing';
};

const isCall = (row: Resource) => toText(row['orig_callid']) !== null;

/** What can be done to a call, by our names (facts §5.4). */
const verbs = {
  answer: 'call answer',
  reject: 'call reject',
  disconnect: 'call disconnect',
  holdOrigin: 'call hold_orig',
  holdDestination: 'call hold_term',
  unhold: 'call unhold',
  transfer: 'call xfer',
  park: 'call park',
  startRecording: 'call record_on',
  stopRecording: 'call record_off',
  pauseRecording: 'call record_pause',
} as const satisfies Readonly<Record<string, WriteOperation>>;

export type CallVerb = keyof typeof verbs;

export interface CallControl {
  readonly callId: string;
  /** Who does it, as `user@domain`. */
  readonly uid: string;
  readonly destination?: string | undefined;
  /** The first slot to park in. */
  readonly prefix?: string | undefined;
}

export interface CallOrigination {
  /** Chosen by the caller, and new. */
  readonly callId: string;
  readonly uid: string;
  readonly destination: string;
  /** The device that is rung first, where it is not the subscriber's own choice. */
  readonly origination?: string | undefined;
  readonly callerId?: string | undefined;
}

export const createActiveCalls = (requests: Requests, timeZone: string) => {
  const createRead = (domain: string, narrowing: Parameters = {}) =>
    createReadRows(requests, 'call read', { domain, ...narrowing, sort: 'time_start ASC' });

  const toModel = (domain: string) => (row: Resource) => toActiveCall(row, domain, timeZone);

  /** Offset paging over live data may show a call twice (facts §3.6). */
  const listRows = async (domain: string, narrowing?: Parameters): Promise<readonly Resource[]> => {
    const rows = (await collectAll(createRead(domain, narrowing))).filter(isCall);
    const idOf = (row: Resource) => JSON.stringify([row['orig_callid'], row['term_callid']]);
    return [...new Map(rows.map((row) => [idOf(row), row])).values()];
  };

  return {
    /** A call, null or an `Error` per key, in key order: one read for all calls of a domain, since there is no other. */
    getMany: (keys: readonly ActiveCallKey[]) =>
      settleEach<ActiveCallKey, ActiveCall | null>(keys, {
        groupOf: ({ domain }) => domain,
        size: Number.MAX_SAFE_INTEGER,
        load: async (domain, group) => {
          const calls = (await listRows(domain)).map(toModel(domain));
          return group.map(
            ({ originCallId, destinationCallId }) =>
              calls.find(
                (call) =>
                  call.originCallId === originCallId &&
                  (destinationCallId === '' || call.destinationCallId === destinationCallId),
              ) ?? null,
          );
        },
      }),

    /** What became of a call that was acted upon: its legs change, the id of its origin stays. Null once it is over. */
    getByOrigin: async (domain: string, originCallId: string): Promise<ActiveCall | null> => {
      const row = (await listRows(domain)).find(
        (candidate) => toText(candidate['orig_callid']) === originCallId,
      );
      return row === undefined ? null : toModel(domain)(row);
    },

    list: async (domain: string, page: PageRequest): Promise<Page<ActiveCall>> => {
      // Not marked as keeping most: it then reads as many rows as a read of the whole domain, and shares it.
      const found = await collectPage(page, createRead(domain), { keep: isCall });
      const items = found.items.map(({ value, next }) => ({ value: toModel(domain)(value), next }));
      return { ...found, items };
    },

    /** All calls of a domain. */
    listAll: async (domain: string): Promise<readonly ActiveCall[]> =>
      (await listRows(domain)).map(toModel(domain)),

    count: (domain: string): Promise<number | null> => requests.count('call count', { domain }),

    /** The calls of each subscriber, or an `Error`, in key order (facts §4.6, B7). */
    listForMany: (keys: readonly SubscriberKey[]) => {
      const pick = (rows: readonly Resource[], key: SubscriberKey): readonly ActiveCall[] =>
        rows.filter((row) => takesPart(row, key)).map(toModel(key.domain));
      return pickEach<SubscriberKey, readonly ActiveCall[]>(keys, {
        domainOf: ({ domain }) => domain,
        readOne: async (key) => pick(await listRows(key.domain, { uid: `${key.user}@${key.domain}` }), key),
        readDomain: async (domain) => {
          const rows = await listRows(domain);
          return (key) => pick(rows, key);
        },
      });
    },

    /** Resolves when the platform has done it. For `park`, the slot. */
    control: async (verb: CallVerb, { callId, uid, destination, prefix }: CallControl) => {
      const rows = await requests.write(verbs[verb], { callid: callId, uid, destination, prefix });
      return { slot: toText(rows[0]?.['slot']) };
    },

    /** Places a call for a subscriber. Resolves when the platform has begun to. */
    originate: async ({
      callId,
      uid,
      destination,
      origination,
      callerId,
    }: CallOrigination): Promise<void> => {
      await requests.write('call call', { callid: callId, uid, destination, origination, ani: callerId });
    },
  };
};
