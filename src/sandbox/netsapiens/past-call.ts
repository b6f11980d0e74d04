import { createCallReader, type CallSide, type CompanyCall } from '../company-call.ts';
import type { Company, CompanyAccount } from '../company.ts';
import type { Party } from './live-call.ts';

/** As much of a finished call as is needed to find it: what is told of it is made when somebody reads it. */
export interface PastCall {
  readonly domain: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly talkSeconds: number;
  readonly isAnswered: boolean;
  /** The users on either side; null where somebody is outside. */
  readonly orig: string | null;
  readonly term: string | null;
  /** The place among the calls of the first day, or all that is known of one that came later. */
  readonly source: number | CallDetail;
}

/** Everything the platform knows of a finished call. */
export interface CallDetail {
  readonly id: string;
  readonly origCallid: string;
  readonly termCallid: string;
  readonly domain: string;
  readonly startedAt: number;
  readonly answeredAt: number | null;
  readonly releasedAt: number;
  readonly orig: Party;
  readonly term: Party;
  readonly dialed: string;
  readonly by: string | null;
  readonly isRecorded: boolean;
  readonly releaseText: string;
}

/** Where calls from and to the outside come through. */
export const GATEWAY = '203.0.113.20';

/** The finished calls of one domain. */
export interface History {
  /** Newest first. */
  readonly calls: readonly PastCall[];
  detail(call: PastCall): CallDetail;
  /** The call with this id, or with this call id on either side. */
  find(id: string): PastCall | undefined;
  add(detail: CallDetail): void;
}

/** `0` outbound, `1` inbound, `2` missed, `3` on-net (facts §5.5). */
export const typeOf = ({ orig, term, isAnswered }: PastCall): string => {
  if (orig !== null) return term === null ? '0' : '3';
  return isAnswered ? '1' : '2';
};

/** A call of the first day, or undefined where nobody on this platform took part. */
const toPastCall = ({ from, to, account, ...call }: CompanyCall): PastCall | undefined => {
  const orig = userOf(from);
  const term = userOf(to);
  if (orig === null && term === null) return undefined;
  const { startedAt, talkSeconds, index: source } = call;
  return { domain: account.domain, startedAt, talkSeconds, isAnswered: talkSeconds > 0, orig, term, source };
};

const userOf = ({ person }: CallSide): string | null =>
  person?.legacy === undefined ? null : person.extension;

const toParty = (side: CallSide, domain: string): Party => {
  const user = userOf(side);
  // Whom only the other platform knows is still called by extension; numbers outside have no plus here.
  const number = side.number.replace(/^\+/, '');
  const host = side.person === null ? GATEWAY : domain;
  return { user, number, name: side.name, uri: `sip:${number}@${host}` };
};

const toDetail = (call: CompanyCall, accountIndex: number): CallDetail => {
  const { account, startedAt, ringSeconds, talkSeconds, from, to, direction } = call;
  const { domain } = account;
  const answeredAt = startedAt + ringSeconds * 1000;
  const key = `${toHex(accountIndex + 1, 2)}${toHex(call.index, 6)}`;
  return {
    id: `${new Date(startedAt).toISOString().slice(0, 10).replaceAll('-', '')}${key}`,
    origCallid: `c${key}@203.0.113.9`,
    termCallid: `t${key}`,
    domain,
    startedAt,
    answeredAt: talkSeconds > 0 ? answeredAt : null,
    releasedAt: answeredAt + talkSeconds * 1000,
    orig: toParty(from, domain),
    term: toParty(to, domain),
    dialed: direction === 'inbound' ? account.mainNumber : to.number.replace(/^\+/, ''),
    by: null,
    isRecorded: call.isRecorded,
    releaseText: talkSeconds > 0 ? 'Orig: Bye' : 'Orig: Cancel',
  };
};

const toHex = (value: number, width: number) => value.toString(16).padStart(width, '0');

/** The calls that an account has behind it on the first day. They are only gone through when somebody asks for one. */
export const seedHistory = (company: Company, account: CompanyAccount, anchor: number): History => {
  const read = createCallReader(company, account, anchor);
  const accountIndex = company.accounts.indexOf(account);
  return createHistory({
    count: company.calls,
    read: (index) => toPastCall(read(index)),
    detail: (index) => toDetail(read(index), accountIndex),
  });
};

/** The calls of the first day by their place, newest first; those that are nobody's here are undefined. */
interface FirstDay {
  readonly count: number;
  readonly read: (index: number) => PastCall | undefined;
  readonly detail: (index: number) => CallDetail;
}

const readAll = ({ count, read }: FirstDay): PastCall[] => {
  const calls: PastCall[] = [];
  for (let index = 0; index < count; index += 1) {
    const call = read(index);
    if (call !== undefined) calls.push(call);
  }
  return calls;
};

export const createHistory = (firstDay?: FirstDay): History => {
  let calls: PastCall[] | undefined;
  const all = () => (calls ??= firstDay === undefined ? [] : readAll(firstDay));

  const detailAt = (index: number): CallDetail => {
    if (firstDay === undefined) throw new Error('This history has no first day.');
    return firstDay.detail(index);
  };

  /** Keys end in the place as six hexadecimal digits; what is found there must still bear the whole name. */
  const findSeeded = (name: string): PastCall | undefined => {
    const place = /[0-9a-f]{2}([0-9a-f]{6})(?:@.*)?$/.exec(name)?.[1];
    const index = Number.parseInt(place ?? '', 16);
    if (firstDay === undefined || Number.isNaN(index) || index >= firstDay.count) return undefined;
    const found = detailAt(index);
    if (!isNamed(found, name)) return undefined;
    const [first, end] = placesOf(all(), { from: found.startedAt, to: found.startedAt });
    return all()
      .slice(first, end)
      .find(({ source }) => source === index);
  };

  return {
    get calls() {
      return all();
    },
    detail: ({ source }) => (typeof source === 'number' ? detailAt(source) : source),
    find: (name) =>
      findSeeded(name) ?? all().find(({ source }) => typeof source !== 'number' && isNamed(source, name)),
    add: (source) => {
      const { domain, startedAt, answeredAt, releasedAt, orig, term } = source;
      const [place] = placesOf(all(), { from: startedAt, to: startedAt });
      all().splice(place, 0, {
        domain,
        startedAt,
        talkSeconds: answeredAt === null ? 0 : Math.round((releasedAt - answeredAt) / 1000),
        isAnswered: answeredAt !== null,
        orig: orig.user,
        term: term.user,
        source,
      });
    },
  };
};

const isNamed = ({ id, origCallid, termCallid }: CallDetail, name: string): boolean =>
  [id, origCallid, termCallid].includes(name);

/** The first so many calls that pass; whoever wants one page need not look at the rest of a long history. */
export const takeCalls = (
  calls: readonly PastCall[],
  isWanted: (call: PastCall) => boolean,
  count: number,
): readonly PastCall[] => {
  const taken: PastCall[] = [];
  for (const call of calls) {
    if (taken.length >= count) break;
    if (isWanted(call)) taken.push(call);
  }
  return taken;
};

/** Where the calls of a window begin and end in the list, newest first. */
export const placesOf = (
  calls: readonly PastCall[],
  { from, to }: { readonly from: number; readonly to: number },
): readonly [number, number] => {
  /** The first place whose call began before this time. */
  const firstBefore = (time: number): number => {
    let low = 0;
    let high = calls.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((calls[middle]?.startedAt ?? 0) < time) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return [firstBefore(to + 1), firstBefore(from)];
};
