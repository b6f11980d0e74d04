import { fingerprint, type Credentials } from '../auth.ts';
import type { Connection } from '../connection.ts';
import { UpstreamError, type PlatformName } from '../upstream/errors.ts';
import { changed, nothingToReplace, ofSomebodyElse, ended, notRenewed, signedOut } from './right-error.ts';
import { createSharedWatches } from './shared-watch.ts';

/** Who somebody is, as the platform itself says. */
export interface Proof {
  /** The same for two tokens that may see the same. */
  readonly principal: string;
  /** When the token ends, in milliseconds since the epoch; null where the platform does not say. */
  readonly expiresAt: number | null;
}

/** Asks a platform who these credentials are of, which also proves that they are good now. It may name nobody. */
export type Prove = (
  platform: PlatformName,
  credentials: Credentials,
) => Promise<Omit<Proof, 'principal'> & { readonly principal: string | null }>;

/** The rights of one client that stays. */
export interface Rights {
  /**
   * Who it is on all platforms that it has a token for. Rejects where one of them refuses it, and where none can be asked.
   */
  admit(): Promise<string>;
  /**
   * Goes on with these tokens in the place of the former ones, and answers when the first of them ends. Rejects where a
   * platform refuses one, and where one is of somebody else: then everything stays as it was.
   */
  renew(tokens: Readonly<Partial<Record<PlatformName, string>>>): Promise<Date | null>;
  /** Who it is on this platform. Rejects where the platform refuses its token. */
  principalOf(platform: PlatformName): Promise<string>;
  /**
   * Watches over these platforms until it is told to stop: `onEnd` is called once, with what to tell the client, as soon
   * as a token has ended that nothing has taken the place of, or belongs to somebody else (S26, S29).
   */
  watch(platforms: ReadonlySet<PlatformName>, onEnd: (reason: unknown) => void): Watch;
}

export interface Watch {
  /** Has the platforms asked at once, since something was refused. Resolves when they have answered and `onEnd` was called. */
  readonly doubt: () => Promise<void>;
  readonly stop: () => void;
}

/** A proof, and when it was asked for: what was asked before the end of a token says nothing of after it. */
interface Asked extends Proof {
  readonly askedAt: number;
}

/** A proof is good for this long for everything that the same credentials do, but not beyond the end of its token. */
const PROOF_LIFE_MS = 5_000;
/** However long a token lives: whoever loses a role, or the session, is noticed after this long. */
const PROVE_EVERY_MS = 60_000;
/** While a platform cannot be asked, it is asked again this often. */
const RETRY_MS = 1_000;
/** A token that has ended ends its streams within a second, whether or not the platform answers. */
const LAST_WORD_MS = 800;
/** A session outlives its tokens, but not for long where they cannot be renewed. */
const LAST_RENEWAL_MS = 4_000;

/** Node takes a timer that is longer for none. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const platformNames = ['cloudlink', 'subscriber'] as const;

/** Whether it was said that the credentials are no good; else nobody could say. */
export const isRefusal = (error: unknown) =>
  error instanceof UpstreamError && ['UNAUTHENTICATED', 'FORBIDDEN'].includes(error.failure.code);

/** Told once when a session is ended by signing out. Answers how to stop that. */
export type OnSessionEnd = (token: string, listener: () => void) => () => void;

/** Proofs of one process: however many subscriptions one client has, its platforms are asked once. */
export const createRights = (
  prove: Prove,
  onSessionEnd: OnSessionEnd,
): ((connection: Connection) => Rights) => {
  const proofs = new Map<string, Promise<Asked>>();
  /** Until when those are good that a platform has answered. */
  const goodUntil = new WeakMap<Promise<Asked>, number>();
  /** Who a client has proven to be: whatever it brings later must be of the same. */
  const principals = new WeakMap<Connection, Map<PlatformName, string>>();

  const keyOf = (platform: PlatformName, credentials: Credentials): string =>
    `${platform} ${fingerprint(JSON.stringify([credentials.session, credentials[platform]]))}`;

  const proveOnce = (platform: PlatformName, credentials: Credentials): Promise<Asked> => {
    const key = keyOf(platform, credentials);
    const known = proofs.get(key);
    const askedAt = Date.now();
    if (known !== undefined && askedAt < (goodUntil.get(known) ?? Infinity)) return known;
    // Whoever has no name is known by the token, and shares nothing with anybody (S1).
    const proof = prove(platform, credentials).then((told) => ({
      ...told,
      principal: told.principal ?? key,
      askedAt,
    }));
    proofs.set(key, proof);
    const forget = () => {
      if (proofs.get(key) === proof) proofs.delete(key);
    };
    const keep = ({ expiresAt }: Asked) => {
      const end = expiresAt !== null && expiresAt > askedAt ? expiresAt : Infinity;
      goodUntil.set(proof, Math.min(Date.now() + PROOF_LIFE_MS, end));
      setTimeout(forget, PROOF_LIFE_MS).unref();
    };
    proof.then(keep, forget);
    return proof;
  };

  /** Proves anew, however good the last proof is; one that is under way is as new. */
  const proveAgain = (platform: PlatformName, credentials: Credentials): Promise<Asked> => {
    const key = keyOf(platform, credentials);
    const known = proofs.get(key);
    if (known !== undefined && goodUntil.has(known)) proofs.delete(key);
    return proveOnce(platform, credentials);
  };

  const watchOne = (
    connection: Connection,
    platform: PlatformName,
    onEnd: (reason: unknown) => void,
  ): Watch => {
    let principal: string | null = null;
    let expiresAt = Infinity;
    /** When the token ends by the word of the platform, believed or not. */
    let told: number | null = null;
    let timer: NodeJS.Timeout | undefined;
    /** Ends the watch where the platform does not answer until soon after the end. */
    let guard: NodeJS.Timeout | undefined;
    let isOver = false;
    let round = 0;

    const stop = () => {
      isOver = true;
      clearTimeout(timer);
      clearTimeout(guard);
      forgetReplaced();
      forgetEnd?.();
    };
    const end = (reason: unknown) => {
      if (isOver) return;
      stop();
      onEnd(reason);
    };
    const plan = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(look, Math.max(0, Math.min(ms, PROVE_EVERY_MS)));
      timer.unref();
    };
    const look = () => {
      const credentials = connection.credentials();
      const lookedAt = Date.now();
      const hasEnded = lookedAt >= expiresAt;
      const isSession = credentials.session !== null;
      const isLastWord = hasEnded && !isSession;
      round += 1;
      const own = round;
      clearTimeout(guard);
      if (expiresAt < Infinity) {
        const left = expiresAt + (isSession ? LAST_RENEWAL_MS : LAST_WORD_MS) - lookedAt;
        const reason = isSession ? notRenewed(platform) : ended(platform);
        guard = setTimeout(() => end(reason), Math.min(Math.max(left, 0), LONGEST_TIMER_MS));
        guard.unref();
      }
      // What was proven before the end says nothing of what is after it.
      const proving = told !== null && told <= lookedAt ? proveAgain : proveOnce;
      proving(platform, credentials).then(
        (proof) => {
          if (isOver || own !== round) return;
          clearTimeout(guard);
          round += 1;
          if (principal !== null && proof.principal !== principal) return end(changed(platform));
          principal = proof.principal;
          const next = proof.expiresAt ?? Infinity;
          const isNew = next !== told;
          told = next;
          if (next > proof.askedAt) {
            expiresAt = next;
            return plan(next - Date.now());
          }
          if (!isSession && next === expiresAt) return end(ended(platform));
          // Good all the same: the clocks differ, by a moment perhaps, or their zones do, and the platform alone can tell.
          const isFirst = isNew || next === expiresAt;
          expiresAt = Infinity;
          return plan(isFirst ? RETRY_MS : PROVE_EVERY_MS);
        },
        (error: unknown) => {
          if (isOver || own !== round) return;
          if (isRefusal(error) || isLastWord) return end(isRefusal(error) ? error : ended(platform));
          const left = Math.max(expiresAt - Date.now(), 0);
          plan(Math.min(RETRY_MS, isSession ? left || RETRY_MS : left));
        },
      );
    };
    const forgetReplaced = connection.onReplace(look);
    const { session } = connection.credentials();
    const forgetEnd = session === null ? null : onSessionEnd(session, () => end(signedOut(platform)));
    look();
    return {
      doubt: async () => {
        const proof = proveAgain(platform, connection.credentials());
        if (!isOver) look();
        await proof.catch(() => undefined);
      },
      stop,
    };
  };

  /** However many subscriptions a client has, each of its platforms is asked as often as for one. */
  const watchTogether = createSharedWatches(watchOne);

  /** The first proof of a platform is who the client is there from then on. */
  const proveClient = async (connection: Connection, platform: PlatformName): Promise<string> => {
    const { principal } = await proveOnce(platform, connection.credentials());
    const known = principals.get(connection) ?? new Map<PlatformName, string>();
    principals.set(connection, known);
    if (!known.has(platform)) known.set(platform, principal);
    if (known.get(platform) !== principal) throw changed(platform);
    return principal;
  };

  /** The proof of a token that is to take the place of the one that the client came with. */
  const proveNext = async (connection: Connection, platform: PlatformName, token: string): Promise<Asked> => {
    const credentials = connection.credentials();
    if (credentials[platform] === null) throw nothingToReplace(platform);
    const proof = await proveOnce(platform, { ...credentials, [platform]: token });
    const principal = principals.get(connection)?.get(platform) ?? (await proveClient(connection, platform));
    if (proof.principal !== principal) throw ofSomebodyElse(platform);
    return proof;
  };

  return (connection) => ({
    admit: async () => {
      const credentials = connection.credentials();
      const isSession = credentials.session !== null;
      const presented = platformNames.filter((name) => isSession || credentials[name] !== null);
      const results = await Promise.allSettled(presented.map((name) => proveClient(connection, name)));
      const good = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      const refusal: unknown = failures.find((error) => isRefusal(error));
      const failure: unknown = failures.find((error) => !isRefusal(error)) ?? refusal;
      // A session may be of one platform alone, and a platform that is down keeps nobody from the other.
      if (refusal !== undefined && !isSession) throw refusal;
      if (good.length === 0) throw failure;
      return JSON.stringify(good);
    },
    renew: async (tokens) => {
      const proofs = await Promise.all(
        platformNames.map(async (name) => {
          const token = tokens[name];
          return token === undefined ? null : proveNext(connection, name, token);
        }),
      );
      connection.replace({ ...connection.credentials(), ...tokens });
      const ends = proofs.flatMap((proof) => proof?.expiresAt ?? []);
      return ends.length === 0 ? null : new Date(Math.min(...ends));
    },
    principalOf: (platform) => proveClient(connection, platform),
    watch: (platforms, onEnd) => {
      let isTold = false;
      const once = (reason: unknown) => {
        if (isTold) return;
        isTold = true;
        onEnd(reason);
      };
      const watches = [...platforms].map((platform) => watchTogether(connection, platform, once));
      return {
        doubt: async () => {
          await Promise.all(watches.map(({ doubt }) => doubt()));
        },
        stop: () => {
          for (const watch of watches) watch.stop();
        },
      };
    },
  });
};
