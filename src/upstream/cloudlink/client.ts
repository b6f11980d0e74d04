import { toText, type Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import { toAudit, type Audit } from './audit.ts';
import { createAccountResource } from './account-resource.ts';
import { readId } from './reply.ts';

/** An application's own identity in an account. Its secret is never read. */
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

export const createClients = (admin: Http) => createAccountResource(admin, 'clients', toClient);
