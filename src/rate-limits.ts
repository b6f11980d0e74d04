import { principalKeyOf, type Credentials } from './auth.ts';
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
  /** Counts one operation. Throws where its principal, or for want of one its source, has begun too many. */
  admitOperation(asker: Asker): void;
  /** Counts one attempt for each account, and for where it comes from. Rejects where there have been too many (S31). */
  admitSignIn(input: SignIn, source: string): Promise<void>;
  /** Sockets that were closed because of what came over them, by source (S28). */
  readonly abuse: RateLimiter;
}

const MINUTE = 60;
/** Operations may come in bursts: those of so many seconds are counted together. */
const COUNTED_SECONDS = 10;
/** A source whose sockets had to be closed so often within a minute gets no more until it is over. */
const MOST_ABUSE = 10;

const refuse = (what: string, waitMs: number) =>
  refuseForNow(`${what} Try again in ${Math.ceil(waitMs / 1000)} seconds.`, waitMs);

const isAnonymous = ({ session, cloudlink, subscriber }: Credentials) =>
  session === null && cloudlink === null && subscriber === null;

/** The accounts that an attempt is for. Letter case makes no other account of one. */
const accountsOf = ({ cloudlink, subscriber }: SignIn): readonly string[] =>
  Object.entries({ cloudlink, subscriber }).flatMap(([platform, login]) =>
    login === undefined ? [] : [`${platform} ${login.username.toLowerCase()}`],
  );

export const createRateLimits = (create: CreateRateLimiter, limits: Limits): RateLimits => {
  const operations = create({
    name: 'operation',
    most: limits.operationsPerSecond * COUNTED_SECONDS,
    seconds: COUNTED_SECONDS,
  });
  const accounts = create({ name: 'account', most: limits.signInsPerAccount, seconds: MINUTE });
  const sources = create({ name: 'sign-in', most: limits.signInsPerAddress, seconds: MINUTE });
  return {
    admitOperation: ({ credentials, source }) => {
      const key = isAnonymous(credentials) ? `from ${source}` : principalKeyOf(credentials);
      const waitMs = operations.wait(key);
      if (waitMs > 0)
        throw refuse(`More than ${limits.operationsPerSecond} operations a second by one client.`, waitMs);
      // Nobody waits for what the other instances have counted: an operation or two more do no harm (R32).
      void operations.count(key);
    },
    admitSignIn: async (input, source) => {
      // The source first, so that nobody can have accounts without end counted.
      const sourceMs = await sources.count(source);
      if (sourceMs > 0)
        throw refuse(`More than ${limits.signInsPerAddress} sign-ins a minute from one address.`, sourceMs);
      const waits = await Promise.all(accountsOf(input).map((account) => accounts.count(account)));
      const accountMs = Math.max(0, ...waits);
      if (accountMs > 0)
        throw refuse(`More than ${limits.signInsPerAccount} sign-ins a minute to one account.`, accountMs);
    },
    abuse: create({ name: 'abuse', most: MOST_ABUSE, seconds: MINUTE }),
  };
};
