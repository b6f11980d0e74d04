import { toText, type Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import { toAudit, type Audit } from './audit.ts';
import { createAccountResource } from './account-resource.ts';
import type { AdminChange } from './admin-change.ts';
import { readId } from './reply.ts';

/** An application's own identity in an account. Its secret is no part of it. */
export interface Client extends Audit {
  readonly id: string;
  readonly accountId: string;
  readonly name: string | null;
  readonly role: string | null;
}

const toClient = (resource: Resource, accountId: string): Client => ({
  id: readId(resource, 'clientId'),
  accountId,
  name: toText(resource['name']),
  role: toText(resource['role']),
  ...toAudit(resource),
});

/** A client to be made. */
export interface NewClient {
  readonly name: string;
  readonly role?: string | undefined;
}

/** A client that was made, with the one sight of its secret. */
export interface CreatedClient {
  readonly client: Client;
  readonly secret: string;
}

export const createClients = (admin: Http, changes: AdminChange) => ({
  ...createAccountResource(admin, 'clients', toClient),
  /** The only read of a secret: upstream tells it in this answer and never again (facts §2.7, A-13). */
  create: async (accountId: string, { name, role }: NewClient): Promise<CreatedClient> => {
    const resource = await changes.create(['accounts', accountId, 'clients'], { name, role });
    return { client: toClient(resource, accountId), secret: readId(resource, 'clientSecret') };
  },
});
