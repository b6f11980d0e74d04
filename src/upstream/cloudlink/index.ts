import type { Http } from '../http.ts';
import type { TokenSource } from '../token.ts';
import { createAccounts } from './account.ts';
import { createClients } from './client.ts';
import { createContacts } from './contact.ts';
import type { CloudlinkService } from './environment.ts';
import { createGroups } from './group.ts';
import { createSites } from './site.ts';
import { createIdentity, identityOfToken } from './token.ts';
import { createUsers } from './user.ts';

/** CloudLink as one principal sees it. `http` gives the sender for a service. */
export const createCloudlink = (http: (service: CloudlinkService) => Http, tokens: TokenSource) => {
  const admin = http('admin');
  const identity = createIdentity(http('authentication'));
  return {
    identity,
    accounts: createAccounts(admin),
    users: createUsers(admin),
    contacts: createContacts(admin),
    groups: createGroups(admin),
    sites: createSites(admin),
    clients: createClients(admin),
    /** The account of the caller: read from the token, or asked for where the token does not say. */
    ownAccountId: async (): Promise<string | null> =>
      identityOfToken(await tokens.get())?.accountId ?? (await identity.read()).accountId,
  };
};

export type Cloudlink = ReturnType<typeof createCloudlink>;
