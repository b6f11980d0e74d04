import type { Http } from '../http.ts';
import { createDomains } from './domain.ts';
import { createRequests } from './request.ts';
import { createSubscribers } from './subscriber.ts';
import { createIdentity, type SubscriberIdentity } from './token.ts';

export interface NetsapiensOptions {
  /** The zone of times that carry none. */
  readonly timeZone: string;
  /** What the session already knows of the caller, which saves asking. */
  readonly knownIdentity: () => SubscriberIdentity | null;
}

/** The legacy subscriber API as one principal sees it. */
export const createNetsapiens = (http: Http, { timeZone, knownIdentity }: NetsapiensOptions) => {
  const requests = createRequests(http);
  const identity = createIdentity(http, timeZone);
  return {
    identity,
    subscribers: createSubscribers(requests, timeZone),
    domains: createDomains(requests),
    /** The domain of the caller. */
    ownDomain: async (): Promise<string | null> => knownIdentity()?.domain ?? (await identity.read()).domain,
  };
};

export type Netsapiens = ReturnType<typeof createNetsapiens>;
