import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { guidKey, registerNode, splitKey } from '../global-id.ts';
import type { Contact as ContactModel } from '../upstream/cloudlink/contact.ts';
import { Account } from './account.ts';
import { auditField } from './audit.ts';
import { orMissing } from './missing.ts';
import { connectionOf, pageArguments, pageOfAll, toConnection } from './pagination.ts';

registerNode('Contact', 'cloudlink', guidKey(2));

const Contact = builder.loadableNodeRef('Contact', {
  id: {
    resolve: ({ accountId, id }: ContactModel) => `${accountId}/${id}`,
    description: 'Names this contact towards this gateway.',
  },
  load: async (keys: string[], { cloudlink }: Context) => {
    const parsed = keys.map(splitKey).map(([accountId, id]) => ({ accountId, id }));
    return (await cloudlink.contacts.getMany(parsed)).map(orMissing('CloudLink has no such contact'));
  },
});

Contact.implement({
  description:
    'An administrative contact of an account, not an entry of a phone directory. Source: the Admin service, ' +
    '`/accounts/{accountId}/contacts`.',
  fields: (t) => ({
    contactId: t.exposeString('id', { nullable: false, description: "CloudLink's own id." }),
    account: t.field({
      type: Account,
      description:
        'The account the contact belongs to. Costs one upstream request where the account was not read before.',
      resolve: ({ accountId }) => accountId,
    }),
    name: t.exposeString('name', { description: 'Name of the contact.' }),
    email: t.exposeString('email', { description: 'E-mail address.' }),
    contactType: t.exposeString('contactType', {
      description: 'What the contact is for, in the words of CloudLink.',
    }),
    audit: auditField(t),
  }),
});

const ContactConnection = connectionOf(Contact, { name: 'Contact', plural: 'contacts' });

builder.objectField(Account, 'contacts', (t) =>
  t.field({
    type: ContactConnection,
    description:
      'The administrative contacts of the account. Costs nothing where CloudLink embeds them, as it does in a single account, ' +
      'and one upstream request for each account of a list.',
    args: pageArguments,
    resolve: ({ id, contacts }, args, { cloudlink }) =>
      toConnection(['contacts', id], args, async (page) =>
        contacts === null ? cloudlink.contacts.list(id, page) : pageOfAll(contacts, page),
      ),
  }),
);
