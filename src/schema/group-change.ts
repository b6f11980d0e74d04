import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { badInput, isGiven, sendableText } from '../input.ts';
import { accountIdOf } from './account.ts';
import { accountKeyOf, ownIdIn } from './account-key.ts';
import { forgetGroups, Group } from './group.ts';
import { LONGEST_TEXT, notNull, optionalText, refuseNoChange } from './legacy-input.ts';
import { change, keyArgument, rejections } from './mutation.ts';

const MOST_MEMBERS = 1000;
const GROUP_DESCRIPTION = 'The `id` of a Group.';
const NAME_DESCRIPTION = `Name of the group, 1 to ${LONGEST_TEXT} characters.`;
const ROUTE = 'Administrators only; its route is assumed (A-10).';
const COST = `${ROUTE} Costs one upstream request, sent once`;
const MEMBER_COST = `${ROUTE} Costs two upstream requests: the change, sent once, and a read of what became of the group.`;

const CreateGroupInput = builder.inputType('CreateGroupInput', {
  description: 'A new group of users.',
  fields: (t) => ({
    account: t.id({ description: "The `id` of an Account; the caller's own where absent." }),
    name: t.string({ required: true, description: NAME_DESCRIPTION }),
    description: t.string({ description: 'What the group is for.' }),
    groupType: t.string({ description: 'Kind of group, in the words of CloudLink.' }),
    extension: t.string({ description: 'Extension that rings the group.' }),
    members: t.idList({
      description: `The \`id\`s of Users of the account who are in it, at most ${MOST_MEMBERS}.`,
    }),
  }),
});

const UpdateGroupInput = builder.inputType('UpdateGroupInput', {
  description:
    'What to change of a group. What is left out stays as it is; null takes a value away (assumed).',
  fields: (t) => ({
    group: t.id({ required: true, description: GROUP_DESCRIPTION }),
    name: t.string({ description: NAME_DESCRIPTION }),
    description: t.string({ description: 'What the group is for.' }),
    groupType: t.string({ description: 'Kind of group, in the words of CloudLink.' }),
    extension: t.string({ description: 'Extension that rings the group.' }),
  }),
});

const DeleteGroupInput = builder.inputType('DeleteGroupInput', {
  description: 'A group to delete.',
  fields: (t) => ({ group: t.id({ required: true, description: GROUP_DESCRIPTION }) }),
});

const GroupMemberInput = builder.inputType('GroupMemberInput', {
  description: 'A group, and who is to come or to go.',
  fields: (t) => ({
    group: t.id({ required: true, description: GROUP_DESCRIPTION }),
    user: t.id({ required: true, description: 'The `id` of a User of the same account.' }),
  }),
});

type Texts = Pick<typeof UpdateGroupInput.$inferInput, 'description' | 'groupType' | 'extension'>;

const toTexts = ({ description, groupType, extension }: Texts) => ({
  description: optionalText('description', description),
  groupType: optionalText('groupType', groupType),
  extension: optionalText('extension', extension),
});

/** The members of a new group, who must be of its account. */
const toMemberIds = (accountId: string, members: readonly string[] | null | undefined) => {
  if (isGiven(members) && members.length > MOST_MEMBERS)
    throw badInput('members', `must hold at most ${MOST_MEMBERS} ids, not ${members.length}.`);
  return members?.map((id, index) => ownIdIn(accountId, 'User', id, `members.${index}`));
};

const changeMember = (
  { group, user }: typeof GroupMemberInput.$inferInput,
  verb: 'addMember' | 'removeMember',
  context: Context,
) => {
  const key = accountKeyOf('Group', group, 'group');
  const userId = ownIdIn(key.accountId, 'User', user, 'user');
  forgetGroups(context);
  return context.cloudlink.groups[verb](key, userId);
};

builder.mutationFields((t) => ({
  createGroup: t.field({
    type: Group,
    errors: rejections,
    description: `Makes a group. ${COST}.`,
    args: {
      input: t.arg({ type: CreateGroupInput, required: true, description: 'What to make.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { account, name, members, ...input } }, context) => {
      const group = { name: sendableText('name', name, LONGEST_TEXT), ...toTexts(input) };
      const accountId = await accountIdOf(account, context);
      const memberIds = toMemberIds(accountId, members);
      return context.cloudlink.groups.create(accountId, { ...group, memberIds });
    }),
  }),
  updateGroup: t.field({
    type: Group,
    errors: rejections,
    description: `Changes a group. ${COST}, and a read where CloudLink does not answer with the group.`,
    args: {
      input: t.arg({ type: UpdateGroupInput, required: true, description: 'Which, and what to change.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { group, name, ...input } }, context) => {
      const key = accountKeyOf('Group', group, 'group');
      const wanted = { name: optionalText('name', notNull('name', name)), ...toTexts(input) };
      refuseNoChange(wanted);
      forgetGroups(context);
      return context.cloudlink.groups.update(key, wanted);
    }),
  }),
  deleteGroup: t.field({
    type: 'ID',
    errors: rejections,
    description: `Deletes a group; its members stay. ${COST}.`,
    args: {
      input: t.arg({ type: DeleteGroupInput, required: true, description: 'Which group.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { group } }, context) => {
      const key = accountKeyOf('Group', group, 'group');
      forgetGroups(context);
      await context.cloudlink.groups.remove(key);
      return group;
    }),
  }),
  addGroupMember: t.field({
    type: Group,
    errors: rejections,
    description: `Takes a user into a group; one who is in it stays in it. ${MEMBER_COST}`,
    args: {
      input: t.arg({ type: GroupMemberInput, required: true, description: 'Whom, and into which.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => changeMember(input, 'addMember', context)),
  }),
  removeGroupMember: t.field({
    type: Group,
    errors: rejections,
    description: `Takes a user out of a group; NOT_FOUND for one who is not in it. ${MEMBER_COST}`,
    args: {
      input: t.arg({ type: GroupMemberInput, required: true, description: 'Whom, and out of which.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => changeMember(input, 'removeMember', context)),
  }),
}));
