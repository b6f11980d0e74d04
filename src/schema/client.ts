import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { guidKey, registerNode, splitKey } from '../global-id.ts';
import type { Client as ClientModel } from '../upstream/cloudlink/client.ts';
import { Account } from './account.ts';
import { auditField } from './audit.ts';
import { orMissing } from './missing.ts';
import { connectionOf, pageArguments, toConnection } from './pagination.ts';

registerNode('Client', 'cloudlink', guidKey(2));

export const Client = builder.loadableNodeRef('Client', {
  id: {
    resolve: ({ accountId, id }: ClientModel) => `${accountId}/${id}`,
    description: 'Names this client towards this gateway.',
  },
  load: async (keys: string[], { cloudlink }: Context) => {
    const parsed = keys.map(splitKey).map(([accountId, id]) => ({ accountId, id }));
    return (await cloudlink.clients.getMany(parsed)).map(orMissing('CloudLink has no such client'));
  },
});

Client.implement({
  description:
    "An application's own identity in an account. Its secret is told once, by `createClient`. Its fields are assumed (A-13). " +
    'Source: the Admin service, `/accounts/{accountId}/clients`.',
  fields: (t) => ({
    clientId: t.exposeString('id', { nullable: false, description: 'The public half of its credentials.' }),
    account: t.field({
      type: Account,
      description:
        'The account the client belongs to. Costs one upstream request where the account was not read before.',
      resolve: ({ accountId }) => accountId,
    }),
    name: t.exposeString('name', { description: 'Name of the application.' }),
    roleText: t.exposeString('role', { description: 'Its rights, in the words of CloudLink.' }),
    audit: auditField(t),
  }),
});

const ClientConnection = connectionOf(Client, { name: 'Client', plural: 'clients' });

builder.objectField(Account, 'clients', (t) =>
  t.field({
    type: ClientConnection,
    description: 'The applications registered in the account. Costs one upstream request.',
    args: pageArguments,
    resolve: ({ id }, args, { cloudlink }) =>
      toConnection(['clients', id], args, (page) => cloudlink.clients.list(id, page)),
  }),
);
