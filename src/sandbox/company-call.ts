import { guid, type Company, type CompanyAccount, type Person } from './company.ts';

/**
 * One finished call of the seeded company. Both platforms tell it in their own way, so that the same call can be found
 * on both.
 */
export interface CompanyCall {
  /** Counts back from the newest call of the account, 0. */
  readonly index: number;
  /** CloudLink's id of the call record. */
  readonly callId: string;
  readonly account: CompanyAccount;
  readonly direction: 'inbound' | 'outbound' | 'internal';
  readonly from: CallSide;
  readonly to: CallSide;
  /** Milliseconds since the epoch, always on a whole second. */
  readonly startedAt: number;
  readonly ringSeconds: number;
  /** 0 where nobody answered. */
  readonly talkSeconds: number;
  readonly isRecorded: boolean;
}

/** A colleague, or somebody outside. Numbers outside are E.164 with a plus. */
export interface CallSide {
  readonly number: string;
  readonly name: string;
  readonly person: Person | null;
}

const outsiders: readonly { readonly number: string; readonly name: string }[] = [
  { number: '+12125550188', name: 'Riverside Bakery' },
  { number: '+12125550177', name: 'Northwind Traders' },
  { number: '+14155550123', name: 'Contoso Support' },
  { number: '+493055509876', name: 'Bäckerei Süd' },
  { number: '+442079460018', name: 'Albion Freight' },
  { number: '+12125550166', name: '' },
];

/** A number that depends on nothing but its arguments, spread over 0 … 2³²-1. */
const scatter = (seed: number, salt: number): number => {
  let value = Math.imul(seed + 0x9e3779b9, 0x85ebca6b) ^ Math.imul(salt + 0x7f4a7c15, 0xc2b2ae35);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  value = Math.imul(value ^ (value >>> 12), 0x297a2d39);
  return (value ^ (value >>> 15)) >>> 0;
};

const AVERAGE_GAP_SECONDS = 600;

const toColleague = (person: Person): CallSide => ({
  number: person.extension,
  name: `${person.firstName} ${person.lastName}`,
  person,
});

/** The calls of one account by their index: the same for the same people and anchor, in whatever order. */
const createCallAt = (account: CompanyAccount, people: readonly Person[], anchor: number) => {
  const salt = Number(account.accountNumber);
  const pick = <Value>(values: readonly Value[], seed: number): Value =>
    values[seed % values.length] as Value;
  return (index: number): CompanyCall => {
    const draw = (kind: number) => scatter(index, salt + kind);
    const direction = pick(['inbound', 'inbound', 'outbound', 'outbound', 'internal'] as const, draw(1));
    const first = pick(people, draw(2));
    const other = pick(people, draw(3));
    const second = other === first ? pick(people, people.indexOf(first) + 1) : other;
    const outside = { ...pick(outsiders, draw(4)), person: null };
    const isAnswered = draw(5) % 4 !== 0;
    return {
      index,
      callId: guid(salt, index + 1),
      account,
      direction,
      from: direction === 'inbound' ? outside : toColleague(first),
      to: direction === 'outbound' ? outside : toColleague(direction === 'inbound' ? first : second),
      startedAt: anchor - (index * AVERAGE_GAP_SECONDS + (draw(7) % AVERAGE_GAP_SECONDS)) * 1000,
      ringSeconds: 2 + (draw(8) % 25),
      talkSeconds: isAnswered ? 5 + (draw(6) % 900) : 0,
      isRecorded: isAnswered && draw(9) % 3 === 0,
    };
  };
};

/**
 * The finished calls of an account by their index, newest first, for whoever would rather not hold them all. An index is
 * below `company.calls`. `anchor` is the time before which all of them begin; see {@link anchorOf}.
 */
export const createCallReader = (
  company: Company,
  account: CompanyAccount,
  anchor: number,
): ((index: number) => CompanyCall) => {
  const people = company.people.filter(({ accountId }) => accountId === account.accountId);
  return createCallAt(account, people, anchor);
};

/** All of them at once, newest first. */
export const callsOf = (company: Company, account: CompanyAccount, anchor: number): CompanyCall[] => {
  const read = createCallReader(company, account, anchor);
  return Array.from({ length: company.calls }, (_, index) => read(index));
};

/** The anchor of a sandbox that is reset at `now`: an hour back, so that the newest calls are recent and have ended. */
export const anchorOf = (now: number): number => Math.floor(now / 60_000) * 60_000 - 3_600_000;
