import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { guidKey, registerNode, splitKey } from '../global-id.ts';
import type { Group as GroupModel } from '../upstream/cloudlink/group.ts';
import { Account } from './account.ts';
import { auditField } from './audit.ts';
import { orMissing } from './missing.ts';
import { connectionOf, pageArguments, toConnection } from './pagination.ts';
import { User, UserConnection } from './user.ts';

registerNode('Group', 'cloudlink', guidKey(2));

const Group = builder.loadableNodeRef('Group', {
  id: {
    resolve: ({ accountId, id }: GroupModel) => `${accountId}/${id}`,
    description: 'Names this group towards this gateway.',
  },
  load: async (keys: string[], { cloudlink }: Context) => {
    const parsed = keys.map(splitKey).map(([accountId, id]) => ({ accountId, id }));
    return (await cloudlink.groups.getMany(parsed)).map(orMissing('CloudLink has no such group'));
  },
});

Group.implement({
  description:
    'Users of an account under one name. Its fields and route are assumed (A-10). Source: the Admin service.',
  fields: (t) => ({
    groupId: t.exposeString('id', { nullable: false, description: "CloudLink's own id." }),
    name: t.exposeString('name', { description: 'Name of the group.' }),
    description: t.exposeString('description', { description: 'What the group is for.' }),
    groupType: t.exposeString('groupType', { description: 'Kind of group, in the words of CloudLink.' }),
    extension: t.exposeString('extension', { description: 'Extension that rings the group.' }),
    members: t.field({
      type: UserConnection,
      description: 'The users in the group. Costs one upstream request for every 50 of them.',
      args: pageArguments,
      resolve: (group, args, context) =>
        toConnection(
          'members',
          args,
          async ({ first, offset }) => {
            const ids = group.memberIds.slice(offset, offset + first);
            const users = await Promise.all(
              ids.map((id) => User.getDataloader(context).load(`${group.accountId}/${id}`).catch(orNull)),
            );
            return {
              // A member that has been deleted since is left out.
              items: users.flatMap((value, index) =>
                value === null ? [] : [{ value, next: offset + index + 1 }],
              ),
              hasNextPage: offset + first < group.memberIds.length,
            };
          },
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
      toConnection('groups', args, (page) => cloudlink.groups.list(id, page)),
  }),
);
