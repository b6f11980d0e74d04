import { isResource, toBoolean, toCount, toDateFromSeconds, toText, type Resource } from '../decode.ts';
import { isSame } from './same.ts';
import type { SubscriberKey } from './subscriber.ts';

/** One side of a finished call. Whoever is outside has no extension. */
export interface CallDetailParty {
  readonly extension: string | null;
  readonly number: string | null;
  readonly name: string | null;
  readonly uri: string | null;
}

/** A finished call (facts §5.5), in the domain's view or in that of one of its subscribers. */
export interface CallDetail {
  readonly cdrId: string;
  readonly domain: string;
  /** `0` outbound, `1` inbound, `2` missed, `3` on-net; a subscriber's view has no `3` but {@link isOnNet}. */
  readonly type: string | null;
  readonly isOnNet: boolean | null;
  readonly origin: CallDetailParty;
  readonly destination: CallDetailParty;
  readonly dialledNumber: string | null;
  readonly byExtension: string | null;
  readonly startedAt: Date | null;
  readonly answeredAt: Date | null;
  readonly releasedAt: Date | null;
  readonly durationSeconds: number | null;
  readonly talkSeconds: number | null;
  readonly isHidden: boolean | null;
  readonly tag: string | null;
  /** The ids that the call had on either side while it went on; null unless the leg was asked for. */
  readonly originCallId: string | null;
  readonly destinationCallId: string | null;
  readonly releaseText: string | null;
}

const ON_NET = '3';

/** The user part of a SIP address. */
const toUser = (uri: string | null): string | null => /^<?sips?:([^@;>]+)/i.exec(uri ?? '')?.[1] ?? null;

const nobody: CallDetailParty = { extension: null, number: null, name: null, uri: null };

/** Seconds of talk, where the view does not tell them. */
const toTalkSeconds = (answeredAt: Date | null, releasedAt: Date | null): number | null => {
  if (answeredAt === null) return 0;
  return releasedAt === null ? null : Math.round((releasedAt.getTime() - answeredAt.getTime()) / 1000);
};

const toCommon = (row: Resource, domain: string) => {
  const leg = isResource(row['CdrR']) ? row['CdrR'] : {};
  const answeredAt = toDateFromSeconds(row['time_answer']);
  const releasedAt = toDateFromSeconds(row['time_release']);
  return {
    cdrId: toText(row['cdr_id']) ?? '',
    domain: toText(row['domain']) ?? domain,
    startedAt: toDateFromSeconds(row['time_start']),
    answeredAt,
    releasedAt,
    durationSeconds: toCount(row['duration']),
    talkSeconds: toCount(row['time_talking']) ?? toTalkSeconds(answeredAt, releasedAt),
    isHidden: toBoolean(row['hide']),
    tag: toText(row['tag']),
    originCallId: toText(leg['orig_callid']),
    destinationCallId: toText(leg['term_callid']),
    releaseText: toText(leg['release_text']),
  };
};

/** A row of a domain's list. */
export const ofDomain = (row: Resource, domain: string): CallDetail => {
  const from = toText(row['orig_sub']);
  const to = toText(row['term_sub']);
  const fromUri = toText(row['orig_from_uri']);
  const toUri = toText(row['term_to_uri']);
  const dialled = toText(row['orig_req_user']) ?? toUser(toText(row['orig_req_uri']));
  return {
    ...toCommon(row, domain),
    type: toText(row['type']),
    isOnNet: from !== null && to !== null,
    origin: {
      extension: from,
      number: from ?? toUser(fromUri),
      name: toText(row['orig_from_name']),
      uri: fromUri,
    },
    destination: { extension: to, number: to ?? toUser(toUri), name: null, uri: toUri },
    dialledNumber: dialled,
    byExtension: toText(row['by_sub']),
  };
};

/** A row of a subscriber's own list. */
export const ofSubscriber = (row: Resource, { domain, user }: SubscriberKey): CallDetail => {
  const isOnNet = toBoolean(row['onnet']);
  const number = toText(row['number']);
  const self = { ...nobody, extension: user, number: user };
  const other = { ...nobody, extension: isOnNet === true ? number : null, number, name: toText(row['name']) };
  const isOutbound = toText(row['type']) === '0';
  return {
    ...toCommon(row, domain),
    type: toText(row['type']),
    isOnNet,
    origin: isOutbound ? self : other,
    destination: isOutbound ? other : self,
    dialledNumber: toUser(toText(row['orig_to_uri'])),
    byExtension: null,
  };
};

/** A call of the domain as one of its subscribers sees it: there, a colleague's call goes out or comes in like any other. */
export const asSeenBy = (row: Resource, { domain, user }: SubscriberKey): CallDetail => {
  const call = ofDomain(row, domain);
  if (call.type !== ON_NET) return call;
  const received = call.answeredAt === null ? '2' : '1';
  return { ...call, type: isSame(row['orig_sub'], user) ? '0' : received };
};
