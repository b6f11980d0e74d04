import { principalKeyOf, principalOf, readCredentials, CLOUDLINK_HEADER, type Credentials } from './auth.ts';
import { createCallerOf } from './caller.ts';
import { createClients } from './clients.ts';
import type { Config } from './config.ts';
import { createConnection, type Connection } from './connection.ts';
import { createDeadlines } from './deadline.ts';
import { createFollowing, type Following } from './feed/following.ts';
import type { Hub } from './feed/hub.ts';
import type { Prove, Rights } from './feed/rights.ts';
import type { RateLimits } from './rate-limits.ts';
import { unusable } from './refusals.ts';
import type { Idempotency } from './state/idempotency.ts';
import type { SessionEndings } from './session-endings.ts';
import type { Sessions, SignedIn, SignIn } from './sessions.ts';
import { createAllowance } from './upstream/allowance.ts';
import type { Cloudlink } from './upstream/cloudlink/index.ts';
import type { PlatformName } from './upstream/errors.ts';
import type { CreateHttp } from './upstream/http.ts';
import type { Netsapiens } from './upstream/netsapiens/index.ts';

/** Something that did not keep a query from being answered, but that its reader should know. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  /** Empty where it is of no field alone. */
  readonly path: readonly (string | number)[];
}

/** What a resolver may use. Made once for each operation, for one principal; nothing in it outlives the operation. */
export interface Context {
  readonly cloudlink: Cloudlink;
  readonly netsapiens: Netsapiens;
  /** Sign-in and sign-out on behalf of this operation. */
  readonly sessions: {
    signIn(input: SignIn): Promise<SignedIn>;
    signOut(token: string): Promise<boolean>;
  };
  /** The session token that was presented, for signing out. */
  readonly sessionToken: string | null;
  readonly settings: Pick<Config, 'accountDomains' | 'linkBy' | 'homeCountry' | 'cloudlink'>;
  readonly principal: string;
  /** The principal in full, for the keys of what outlives an operation. */
  readonly principalKey: string;
  /** Who is asking, as a platform knows them; see {@link createCallerOf}. */
  readonly callerOf: (platform: PlatformName) => Promise<string>;
  readonly idempotency: Idempotency;
  readonly requestId: string;
  /** Requests sent upstream so far. */
  readonly upstreamCalls: Record<PlatformName, number>;
  /** Changes sent upstream so far, and those of them that a platform has accepted. */
  readonly writes: { readonly left: number; readonly accepted: number };
  readonly warnings: Warning[];
  /** The last event that a client saw which comes back by itself, as browsers do with an event stream. */
  readonly lastEventId: string | null;
  /** Aborted when the client has gone, or does not want the answer any more. */
  readonly signal: AbortSignal;
  /** Who the answer is for. What it proves itself by may change while an operation lasts. */
  readonly client: Connection;
  /**
   * Goes on with other tokens over the same connection, and answers when the first of them ends, where the platform says.
   * Null over HTTP, where every request brings its own.
   */
  readonly renew: ((tokens: PresentedTokens) => Promise<Date | null>) | null;
  /** Follows what the platforms tell, for as long as the client is there. */
  readonly follow: Following['follow'];
  /** Whether the caller has a token of this platform, and the gateway an address for it. */
  hasToken(platform: PlatformName): boolean;
  /** Who is asking, as a platform itself says: one request, which also proves that the token is good. */
  prove(platform: PlatformName): ReturnType<Prove>;
  /**
   * A context of its own for the next event of a subscription: nothing that was loaded for the last one is in it. It is
   * good until `signal` is aborted.
   */
  again(signal: AbortSignal): Promise<Context>;
}

/** Tokens of the platforms as a client presents them. */
export type PresentedTokens = Readonly<Record<PlatformName, string | null>>;

export interface ContextRequest {
  readonly credentials: Credentials;
  readonly requestId: string;
  /** Where it comes from, as `toSource` says; empty where nobody can sign in by it. */
  readonly source?: string;
  /** See {@link Context.signal}. */
  readonly signal: AbortSignal;
  /** See {@link Context.lastEventId}. */
  readonly lastEventId?: string | null;
  /** The connection that it comes over, where that outlives the request: its credentials may change. */
  readonly connection?: Connection;
}

export interface ContextOptions {
  readonly hub: Hub;
  readonly rightsOf: (connection: Connection) => Rights;
  readonly config: Config;
  readonly createHttp: CreateHttp;
  readonly sessions: Sessions;
  readonly endings: SessionEndings;
  readonly idempotency: Idempotency;
  readonly rateLimits: RateLimits;
}

/** Whoever takes longer for one event than this part of a heartbeat, while many wait, is too slow; who answers none is gone. */
const PATIENCE = 4;

const NEVER = new AbortController().signal;

/** Makes the context of an operation. Making it sends nothing: tokens and clients act when a field needs them. */
export const createContextFactory = ({
  config,
  createHttp,
  sessions,
  endings,
  idempotency,
  rateLimits,
  hub,
  rightsOf,
}: ContextOptions) => {
  const deadlineOf = createDeadlines(config.limits.operationTimeoutMs);

  const createContext = async (request: ContextRequest): Promise<Context> => {
    const { credentials, requestId, source = '', signal, lastEventId = null } = request;
    const connection = request.connection ?? createConnection(credentials, signal);
    const upstreamCalls = { cloudlink: 0, subscriber: 0 };
    const onCall = (platform: PlatformName) => {
      upstreamCalls[platform] += 1;
    };
    const spend = createAllowance(config.limits.upstreamCalls);
    const writes = { left: 0, accepted: 0 };
    const warnings: Warning[] = [];
    const onOddity = (message: string) => {
      if (!warnings.some((warning) => warning.message === message))
        warnings.push({ code: 'ROW_LEFT_OUT', message, path: [] });
    };
    const caller = { requestId, onCall };
    const open = credentials.session === null ? null : await sessions.open(credentials.session, caller);
    const { cloudlink, netsapiens, tokens, hasToken } = createClients({
      config,
      createHttp,
      credentials,
      session: open,
      requestId,
      signal: deadlineOf(signal),
      onCall: (platform, effect) => {
        spend(platform);
        onCall(platform);
        if (effect === 'write') writes.left += 1;
      },
      onAccepted: () => {
        writes.accepted += 1;
      },
      onOddity,
    });

    const again = (until: AbortSignal) =>
      createContext({ ...request, connection, credentials: connection.credentials(), signal: until });
    const rights = rightsOf(connection);
    const renew = async (presented: PresentedTokens) => {
      const next = readCredentials(
        (name) => (name === CLOUDLINK_HEADER ? presented.cloudlink : presented.subscriber) ?? null,
      );
      if (presented.cloudlink !== null && next.cloudlink === null) throw unusable('cloudlink');
      if (presented.subscriber !== null && next.subscriber === null) throw unusable('subscriber');
      return rights.renew({
        ...(next.cloudlink !== null && { cloudlink: next.cloudlink }),
        ...(next.subscriber !== null && { subscriber: next.subscriber }),
      });
    };
    const following = createFollowing({
      hub,
      rights,
      patienceMs: config.heartbeatMs / PATIENCE,
      // A feed may outlive the client that opened it.
      notificationsOf: async (platform) => {
        const context = await again(NEVER);
        return platform === 'cloudlink' ? context.cloudlink.notifications : context.netsapiens.notifications;
      },
    });

    return {
      cloudlink,
      netsapiens,
      sessions: {
        signIn: async (input) => {
          await rateLimits.admitSignIn(input, source);
          return sessions.signIn(input, caller);
        },
        signOut: async (token) => {
          const wasThere = await sessions.signOut(token, caller);
          await endings.tell(token);
          return wasThere;
        },
      },
      sessionToken: credentials.session,
      settings: config,
      principal: principalOf(credentials),
      principalKey: principalKeyOf(credentials),
      callerOf: createCallerOf({
        credentials,
        tokens,
        cloudlink,
        netsapiens,
        subscriberIdentity: open?.subscriberIdentity ?? null,
      }),
      idempotency,
      requestId,
      upstreamCalls,
      writes,
      warnings,
      lastEventId,
      signal,
      client: connection,
      renew: request.connection === undefined ? null : renew,
      follow: following.follow,
      hasToken,
      prove: (platform) => (platform === 'cloudlink' ? cloudlink.prove() : netsapiens.prove()),
      again,
    };
  };

  return createContext;
};
