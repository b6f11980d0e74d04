import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { decodeGlobalId, splitKey } from '../global-id.ts';
import { badInput } from '../input.ts';
import type { Tag as TagModel, TagOwner } from '../upstream/cloudlink/tag.ts';
import { Account, forgetAccounts, tagsOfAccount } from './account.ts';
import { change, keyArgument, rejections } from './mutation.ts';
import { forgetUsers, tagsOfUser, User } from './user.ts';
import './json.ts';

const Tag = builder.objectRef<TagModel>('Tag').implement({
  description:
    'A note of an application on a user or an account, under an id of its choice. Source: the Admin service, `$expand=tags`.',
  fields: (t) => ({
    tagId: t.exposeString('id', { nullable: false, description: 'What the application calls it.' }),
    value: t.expose('value', {
      type: 'JSON',
      description:
        'What the application wrote. Whoever may see the owner may see it: it is no place for secrets.',
    }),
  }),
});

builder.objectField(User, 'tags', (t) =>
  t.field({
    type: [Tag],
    description:
      'What applications have noted on the user. Costs nothing in `user`, `users` and `Account.users`, which are then read ' +
      'with them; elsewhere one upstream request for every 50 users of an account.',
    extensions: { needsTags: true },
    resolve: async (user, _args, context) => [...(await tagsOfUser(user, context))],
  }),
);

builder.objectField(Account, 'tags', (t) =>
  t.field({
    type: [Tag],
    description:
      'What applications have noted on the account. Costs nothing in `account` and `accounts`, which are then read with ' +
      'them; elsewhere one upstream request for each account.',
    extensions: { needsTags: true },
    resolve: async (account, _args, context) => [...(await tagsOfAccount(account, context))],
  }),
);

const OWNER_DESCRIPTION = 'The `id` of a User or an Account.';

const SetTagInput = builder.inputType('SetTagInput', {
  description: 'What to note, and on whom.',
  fields: (t) => ({
    owner: t.id({ required: true, description: OWNER_DESCRIPTION }),
    tagId: t.string({
      required: true,
      description:
        'What to call it: 1 to 128 letters, digits, dots, dashes, colons or underscores, beginning with a letter or digit.',
    }),
    value: t.field({
      type: 'JSON',
      required: true,
      description: 'What to note, up to 64 KB. Takes the place of what is there. No place for secrets.',
    }),
  }),
});

const DeleteTagInput = builder.inputType('DeleteTagInput', {
  description: 'Which note to take away, and from whom.',
  fields: (t) => ({
    owner: t.id({ required: true, description: OWNER_DESCRIPTION }),
    tagId: t.string({ required: true, description: 'What it is called.' }),
  }),
});

const toOwner = (id: string): TagOwner => {
  const { typename, id: key } = decodeGlobalId(id, 'owner');
  if (typename === 'Account') return { accountId: key, userId: null };
  if (typename !== 'User')
    throw badInput('owner', `must be the id of a User or an Account, not of a ${typename}.`);
  const [accountId, userId] = splitKey(key);
  return { accountId, userId };
};

const toTagId = (tagId: string): string => {
  if (/^[a-zA-Z\d][\w.:-]{0,127}$/.test(tagId)) return tagId;
  throw badInput(
    'tagId',
    'must be 1 to 128 letters, digits, dots, dashes, colons or underscores, beginning with a letter or digit.',
  );
};

const LONGEST_VALUE = 65_536;

const forgetOwners = (context: Context): void => {
  forgetUsers(context);
  forgetAccounts(context);
};

builder.mutationFields((t) => ({
  setTag: t.field({
    type: Tag,
    errors: rejections,
    description:
      'Notes something on a user or an account. Administrators may, and users on themselves. Costs one upstream request, ' +
      'sent once; answers what was sent.',
    args: {
      input: t.arg({ type: SetTagInput, required: true, description: 'What, and on whom.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { owner, tagId, value } }, context) => {
      const tag = { id: toTagId(tagId), value };
      const place = toOwner(owner);
      if (JSON.stringify(value).length > LONGEST_VALUE)
        throw badInput('value', `must not be longer than ${LONGEST_VALUE} characters of JSON.`);
      forgetOwners(context);
      await context.cloudlink.tags.set(place, tag);
      return tag;
    }),
  }),
  deleteTag: t.field({
    type: 'String',
    errors: {
      ...rejections,
      dataField: { description: 'The `tagId` of what was taken away.' },
    },
    description:
      'Takes a note away from a user or an account. Administrators may, and users from themselves. Costs one upstream ' +
      'request, sent once.',
    args: {
      input: t.arg({ type: DeleteTagInput, required: true, description: 'Which, and from whom.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { owner, tagId } }, context) => {
      const id = toTagId(tagId);
      const place = toOwner(owner);
      forgetOwners(context);
      await context.cloudlink.tags.remove(place, id);
      return id;
    }),
  }),
}));
