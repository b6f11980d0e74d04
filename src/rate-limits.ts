import { isAnonymous, keysOfEach, type Credentials } from './auth.ts';
import type { Limits } from './config.ts';
import { refuseForNow } from './errors.ts';
import type { SignIn } from './sessions.ts';
import type { CreateRateLimiter, RateLimiter } from './state/rate-limit.ts';

/** Who asks for something: by what they present, and by where they are (see `toSource`). */
export interface Asker {
  readonly credentials: Credentials;
  readonly source: string;
}

/** How often clients may do what costs others, counted over all instances that share their state. */
export interface RateLimits {
  /** Counts one operation. Throws where one of its tokens, or where it comes from, has begun too many. */
  admitOperation(asker: Asker): void;
  /** Counts one who wants to be let in over a socket. Throws where too many come from there. */
  admitConnection(source: string): void;
  /** Counts one attempt for each account, and for where it comes from. Rejects where there have been too many (S31). */
  admitSignIn(input: SignIn, source: string): Promise<void>;
  /** What sources do over sockets that they should not, by how bad it is (S28). */
  readonly abuse: RateLimiter;
}

const MINUTE = 60;
/** Operations may come in bursts: those of so many seconds are counted together. */
const COUNTED_SECONDS = 10;
/** One address may be that of an office, and one account may be tried by many: these may do so many times as much as one. */
const CROWD = 10;
/** A source gets no more sockets for the rest of a minute after ten that had to be closed, or a thousand refused operations. */
const MOST_ABUSE = 1_000;

const refuse = (what: string, waitMs: number) =>
  refuseForNow(`${what} Try again in ${Math.ceil(waitMs / 1000)} seconds.`, waitMs);

const tooMany = (most: number, whose: string) =>
  `More than ${most} operations within ${COUNTED_SECONDS} seconds ${whose}.`;

/** The accounts that an attempt is for. How a name is written makes no other account of one. */
const accountsOf = ({ cloudlink, subscriber }: SignIn): readonly string[] =>
  Object.entries({ cloudlink, subscriber }).flatMap(([platform, login]) =>
    login === undefined ? [] : [`${platform} ${login.username.trim().normalize('NFKC').toLowerCase()}`],
  );

export const createRateLimits = (create: CreateRateLimiter, limits: Limits): RateLimits => {
  const { signInsPerAccount, signInsPerAddress } = limits;
  const most = limits.operationsPerSecond * COUNTED_SECONDS;
  const clients = create({ name: 'client', most, seconds: COUNTED_SECONDS });
  const addresses = create({ name: 'address', most: CROWD * most, seconds: COUNTED_SECONDS });
  const attempts = create({ name: 'attempt', most: signInsPerAccount, seconds: MINUTE });
  const accounts = create({ name: 'account', most: CROWD * signInsPerAccount, seconds: MINUTE });
  const sources = create({ name: 'sign-in', most: signInsPerAddress, seconds: MINUTE });

  const admitFrom = (source: string) => {
    const waitMs = addresses.take(source);
    if (waitMs > 0) throw refuse(tooMany(CROWD * most, 'from one address'), waitMs);
  };

  return {
    admitOperation: ({ credentials, source }) => {
      // The address first: whoever makes tokens up must not have each of them counted.
      admitFrom(source);
      const keys = isAnonymous(credentials) ? [`from ${source}`] : keysOfEach(credentials);
      const waitMs = Math.max(...keys.map((key) => clients.take(key)));
      if (waitMs > 0) throw refuse(tooMany(most, 'by one client'), waitMs);
    },
    admitConnection: admitFrom,
    admitSignIn: async (input, source) => {
      // The source first, so that nobody can have accounts without end counted.
      const sourceMs = await sources.count(source);
      if (sourceMs > 0)
        throw refuse(`More than ${signInsPerAddress} sign-ins a minute from one address.`, sourceMs);
      // By somebody else, from elsewhere, an account is not to be locked that easily.
      const waits = accountsOf(input).map(async (account) => {
        const ownMs = await attempts.count(`${account} from ${source}`);
        return ownMs > 0 ? ownMs : accounts.count(account);
      });
      const accountMs = Math.max(0, ...(await Promise.all(waits)));
      if (accountMs > 0) throw refuse(`Too many sign-ins within a minute to one account.`, accountMs);
    },
    abuse: create({ name: 'abuse', most: MOST_ABUSE, seconds: MINUTE }),
  };
};
