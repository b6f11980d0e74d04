import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { guidKey, registerNode, splitKey } from '../global-id.ts';
import type { Group as GroupModel } from '../upstream/cloudlink/group.ts';
import type { User as UserModel } from '../upstream/cloudlink/user.ts';
import type { Page, PageRequest } from '../upstream/page.ts';
import { Account } from './account.ts';
import { auditField } from './audit.ts';
import { orMissing } from './missing.ts';
import { connectionOf, MAX_PAGE, pageArguments, toConnection } from './pagination.ts';
import { User, UserConnection, USERS_COST } from './user.ts';

registerNode('Group', 'cloudlink', guidKey(2));

export const Group = builder.loadableNodeRef('Group', {
  id: {
    resolve: ({ accountId, id }: GroupModel) => `${accountId}/${id}`,
    description: 'Names this group towards this gateway.',
  },
  load: async (keys: string[], { cloudlink }: Context) => {
    const parsed = keys.map(splitKey).map(([accountId, id]) => ({ accountId, id }));
    return (await cloudlink.groups.getMany(parsed)).map(orMissing('CloudLink has no such group'));
  },
});

/** After a change, what was read before is no longer true. */
export const forgetGroups = (context: Context): void => {
  Group.getDataloader(context).clearAll();
};

/** A page of members. One that has been deleted since is left out, and the next takes its place. */
const readMembers = async (
  { accountId, memberIds }: GroupModel,
  { first, offset }: PageRequest,
  context: Context,
): Promise<Page<UserModel>> => {
  const items: { value: UserModel; next: number }[] = [];
  let at = offset;
  while (items.length < first && at < memberIds.length) {
    const start = at;
    // Where some are missing, the rest is not looked for one by one.
    const ids = memberIds.slice(start, start + (start === offset ? first : MAX_PAGE));
    const users = await Promise.all(
      ids.map((id) => User.getDataloader(context).load(`${accountId}/${id}`).catch(orNull)),
    );
    items.push(
      ...users.flatMap((value, index) => (value === null ? [] : [{ value, next: start + index + 1 }])),
    );
    at += ids.length;
  }
  return { items: items.slice(0, first), hasNextPage: items.length > first || at < memberIds.length };
};

Group.implement({
  description:
    'Users of an account under one name. Its fields and route are assumed (A-10). Source: the Admin service.',
  fields: (t) => ({
    groupId: t.exposeString('id', { nullable: false, description: "CloudLink's own id." }),
    account: t.field({
      type: Account,
      description:
        'The account the group belongs to. Costs one upstream request where the account was not read before.',
      resolve: ({ accountId }) => accountId,
    }),
    name: t.exposeString('name', { description: 'Name of the group.' }),
    description: t.exposeString('description', { description: 'What the group is for.' }),
    groupType: t.exposeString('groupType', { description: 'Kind of group, in the words of CloudLink.' }),
    extension: t.exposeString('extension', { description: 'Extension that rings the group.' }),
    members: t.field({
      type: UserConnection,
      description: `The users in the group. ${USERS_COST}`,
      args: pageArguments,
      resolve: (group, args, context) =>
        toConnection(
          ['members', group.accountId, group.id],
          args,
          (page) => readMembers(group, page, context),
          async () => group.memberIds.length,
        ),
    }),
    audit: auditField(t),
  }),
});

const GroupConnection = connectionOf(Group, { name: 'Group', plural: 'groups' });

builder.objectField(Account, 'groups', (t) =>
  t.field({
    type: GroupConnection,
    description: 'The groups of the account. Costs one upstream request.',
    args: pageArguments,
    resolve: ({ id }, args, { cloudlink }) =>
      toConnection(['groups', id], args, (page) => cloudlink.groups.list(id, page)),
  }),
);
