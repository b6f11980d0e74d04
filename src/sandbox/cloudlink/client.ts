import { randomBytes, randomUUID } from 'node:crypto';
import { findAccount, findAdministeredAccount, ownedBy, stampCreation } from './access.ts';
import { readBody } from './body.ts';
import { readOnly, text } from './field.ts';
import { toCollection, toItem } from './hal.ts';
import { omit } from './omit.ts';
import type { Handler } from './service.ts';
import { created, ok } from './service.ts';
import type { Client } from './store.ts';
import { clientKey, inAccount } from './store.ts';
import type { ObjectSchema } from './validation.ts';

interface NewClient {
  readonly name: string;
  readonly role?: string;
}

const schema: ObjectSchema<NewClient> = {
  type: 'object',
  properties: {
    ...readOnly('clientId', 'accountId'),
    name: text,
    role: { type: 'string', enum: ['USER', 'ACCOUNT_ADMIN'] },
  },
  required: ['name'],
};

type PublicClient = Omit<Client, 'clientSecret'>;

/** A client as everybody sees it: the secret is in the answer to its creation and nowhere else. */
export const toPublic = (client: Client): PublicClient => omit(client, 'clientSecret');

export const toClient = (client: PublicClient) =>
  toItem(client, 'accounts', client.accountId, 'clients', client.clientId);

export const listClients: Handler = (call) => {
  const { accountId } = findAccount(call);
  return toCollection(call, inAccount(call.store.clients, accountId).map(toPublic), { show: toClient });
};

export const getClient: Handler = (call) => {
  const { accountId } = findAccount(call);
  const client = call.store.clients.get(clientKey(accountId, call.parameter('clientId')));
  return ok(toClient(toPublic(ownedBy(accountId, client))));
};

export const postClient: Handler = (call) => {
  const { accountId } = findAdministeredAccount(call);
  const client: Client = {
    role: 'ACCOUNT_ADMIN',
    ...readBody(call, schema),
    clientId: randomUUID(),
    clientSecret: randomBytes(24).toString('base64url'),
    accountId,
    ...stampCreation(call),
  };
  call.store.clients.set(clientKey(accountId, client.clientId), client);
  return created({ ...toClient(toPublic(client)), clientSecret: client.clientSecret });
};
