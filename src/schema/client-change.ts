import { builder } from '../builder.ts';
import { sendableText } from '../input.ts';
import type { CreatedClient } from '../upstream/cloudlink/client.ts';
import { accountIdOf } from './account.ts';
import { Client } from './client.ts';
import { LONGEST_TEXT } from './legacy-input.ts';
import { change, keyArgument, rejections } from './mutation.ts';

const NewClientRole = builder.enumType('NewClientRole', {
  description: 'What an application may do (assumed, A-13).',
  values: {
    USER: { description: 'What an ordinary user may do.' },
    ACCOUNT_ADMIN: { description: 'Administers the account.' },
  } as const,
});

const CreateClientInput = builder.inputType('CreateClientInput', {
  description: 'An application that is to have an identity of its own.',
  fields: (t) => ({
    account: t.id({ description: "The `id` of an Account; the caller's own where absent." }),
    name: t.string({
      required: true,
      description: `Name of the application, 1 to ${LONGEST_TEXT} characters.`,
    }),
    role: t.field({ type: NewClientRole, description: 'What it may do; left to CloudLink where absent.' }),
  }),
});

const NewClient = builder.objectRef<CreatedClient>('NewClient').implement({
  description: 'An application that was just made, with its credentials.',
  fields: (t) => ({
    client: t.field({
      type: Client,
      nullable: false,
      description: 'The application, with the public half of its credentials.',
      resolve: ({ client }) => client,
    }),
    clientSecret: t.exposeString('secret', {
      nullable: false,
      description:
        'The other half of its credentials. **Shown this once**: CloudLink tells it to nobody again, and this gateway neither ' +
        'logs it nor has it anywhere else. Keep it where credentials are kept.',
    }),
  }),
});

builder.mutationField('createClient', (t) =>
  t.field({
    type: NewClient,
    errors: rejections,
    description:
      'Makes an identity for an application; administrators only. Its secret is in this answer and in no other. With a ' +
      '`clientMutationKey` the answer is kept in the memory of this gateway for 24 hours, secret and all, for the same caller ' +
      'with the same key: a client whose answer was lost gets its secret by trying again, instead of an application that ' +
      'nobody can use. Without one nothing is kept. Costs one upstream request, sent once.',
    args: {
      input: t.arg({ type: CreateClientInput, required: true, description: 'What to make.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { account, name, role } }, context) => {
      const client = { name: sendableText('name', name, LONGEST_TEXT), role: role ?? undefined };
      return context.cloudlink.clients.create(await accountIdOf(account, context), client);
    }),
  }),
);
