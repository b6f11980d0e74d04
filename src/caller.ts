import { fingerprint, type Credentials } from './auth.ts';
import type { Cloudlink } from './upstream/cloudlink/index.ts';
import { identityOfToken } from './upstream/cloudlink/token.ts';
import type { PlatformName } from './upstream/errors.ts';
import type { Netsapiens } from './upstream/netsapiens/index.ts';
import type { SubscriberIdentity } from './upstream/netsapiens/token.ts';
import type { TokenSource } from './upstream/token.ts';

export interface CallerOptions {
  readonly credentials: Credentials;
  readonly tokens: Readonly<Record<PlatformName, TokenSource>>;
  readonly cloudlink: Pick<Cloudlink, 'identity'>;
  readonly netsapiens: Pick<Netsapiens, 'identity'>;
  /** What the platform told when the session began. */
  readonly subscriberIdentity: SubscriberIdentity | null;
}

/**
 * A key for whoever is asking, by the word of a platform: the same for every session and every token of one user, and
 * never the same for two (S1). A session's own tokens came from the platform, and say themselves whose they are; a token
 * that was passed through could say anything, so that the platform is asked, once for an operation. Whoever has no name
 * there is known by the token. Throws an `UpstreamError` where there is no token, or a bad one.
 */
export const createCallerOf = ({
  credentials,
  tokens,
  cloudlink,
  netsapiens,
  subscriberIdentity,
}: CallerOptions): ((platform: PlatformName) => Promise<string>) => {
  const find: Readonly<Record<PlatformName, () => Promise<string>>> = {
    cloudlink: async () => {
      const token = await tokens.cloudlink.get();
      const told = credentials.cloudlink === null ? identityOfToken(token) : null;
      const { accountId, userId } = told?.userId ? told : await cloudlink.identity.read();
      return JSON.stringify(userId === null ? ['token', token] : ['user', accountId, userId]);
    },
    subscriber: async () => {
      const token = await tokens.subscriber.get();
      const told = credentials.subscriber === null ? subscriberIdentity : null;
      const { uid } = told?.uid ? told : await netsapiens.identity.read();
      return JSON.stringify(uid === null ? ['token', token] : ['user', uid]);
    },
  };
  const known = new Map<PlatformName, Promise<string>>();
  return async (platform) => {
    const name = known.get(platform) ?? find[platform]();
    known.set(platform, name);
    return fingerprint(JSON.stringify([platform, await name]));
  };
};
