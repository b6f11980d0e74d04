import { randomUUID } from 'node:crypto';
import type { Config } from './config.ts';
import { createContextFactory } from './context.ts';
import { createHub } from './feed/hub.ts';
import { createRights } from './feed/rights.ts';
import { createGrants } from './grants.ts';
import { createSessionEndings } from './session-endings.ts';
import { createSessions } from './sessions.ts';
import { readDelivery as readPublications } from './upstream/cloudlink/notification.ts';
import { hasList as hasCloudlinkList } from './upstream/cloudlink/snapshot.ts';
import { createReadDelivery as createReadEvents } from './upstream/netsapiens/event.ts';
import { hasList as hasSubscriberList } from './upstream/netsapiens/snapshot.ts';
import type { Logger } from './logger.ts';
import type { RateLimits } from './rate-limits.ts';
import type { State } from './state/state.ts';
import type { CreateHttp } from './upstream/http.ts';

export interface ContextsOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly state: State;
  readonly createHttp: CreateHttp;
  readonly rateLimits: RateLimits;
  /** The address at which this gateway listens. Asked for when it is needed. */
  readonly ownUrl: () => string;
}

/** What makes the contexts of operations, and what outlives them: sessions and their ends, feeds, proofs of tokens. */
export const createContexts = ({ config, log, state, createHttp, rateLimits, ownUrl }: ContextsOptions) => {
  const grants = createGrants(config, createHttp);
  const sessions = createSessions(state, grants, log);
  const endings = createSessionEndings(state.events, log);
  const hub = createHub({
    events: state.events,
    leases: state.leases,
    records: state.feeds,
    modes: config.feeds,
    lingerMs: config.feedLingerMs,
    mostFeeds: config.limits.feeds,
    isShared: config.redisUrl !== null,
    readers: {
      cloudlink: readPublications,
      subscriber: createReadEvents(config.subscriberApi?.timeZone ?? 'UTC'),
    },
    hasList: { cloudlink: hasCloudlinkList, subscriber: hasSubscriberList },
    publicUrl: () => config.publicUrl ?? ownUrl(),
    instance: randomUUID(),
    log,
  });
  const rightsOf = createRights(
    async (platform, credentials) => {
      const signal = AbortSignal.timeout(config.limits.operationTimeoutMs);
      const context = await createContext({ credentials, requestId: randomUUID(), signal });
      return context.prove(platform);
    },
    (token, listener) => endings.listen(token, listener),
  );
  const createContext = createContextFactory({
    hub,
    rightsOf,
    config,
    createHttp,
    sessions,
    endings,
    idempotency: state.idempotency,
    rateLimits,
  });

  return { createContext, hub, rightsOf, endings };
};
