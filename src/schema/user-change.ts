import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { accountIdOf } from './account.ts';
import { userKeyOf } from './account-key.ts';
import { forgetGroups } from './group.ts';
import { forgetLinks } from './link.ts';
import { change, keyArgument, rejections } from './mutation.ts';
import { forgetUsers, User } from './user.ts';
import {
  CreateUserInput,
  DeleteUserInput,
  toUserChange,
  toUserUpdate,
  UpdateUserInput,
} from './user-change-input.ts';

/** After a change of users, also of who is in which group and who is whom on the other platform. */
export const forgetPeople = (context: Context): void => {
  forgetUsers(context);
  forgetGroups(context);
  forgetLinks(context);
};

builder.mutationFields((t) => ({
  createUser: t.field({
    type: User,
    errors: rejections,
    description:
      'Makes a user; administrators only. CONFLICT where the e-mail address is taken (assumed, A-12). Whether the user may ' +
      'sign in is decided by CloudLink, which sends its own invitation. Costs one upstream request, sent once.',
    args: {
      input: t.arg({ type: CreateUserInput, required: true, description: 'Who it shall be.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { account, ...input } }, context) => {
      const accountId = await accountIdOf(account, context);
      const wanted = toUserChange(accountId, input);
      forgetPeople(context);
      return context.cloudlink.userChanges.create(accountId, wanted);
    }),
  }),
  updateUser: t.field({
    type: User,
    errors: rejections,
    description:
      'Changes a user. Administrators may change everybody, others only themselves and not their role. Costs one upstream ' +
      'request, sent once, and a read where CloudLink does not answer with the user.',
    args: {
      input: t.arg({ type: UpdateUserInput, required: true, description: 'Whom, and what to change.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { user, ...input } }, context) => {
      const key = userKeyOf(user, 'user');
      const wanted = toUserUpdate(key.accountId, input);
      forgetPeople(context);
      return context.cloudlink.userChanges.update(key, wanted);
    }),
  }),
  deleteUser: t.field({
    type: 'ID',
    errors: rejections,
    description:
      'Deletes a user, who is then in no group any more; administrators only. Costs one upstream request, sent once.',
    args: {
      input: t.arg({ type: DeleteUserInput, required: true, description: 'Whom.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input: { user } }, context) => {
      const key = userKeyOf(user, 'user');
      forgetPeople(context);
      await context.cloudlink.userChanges.remove(key);
      return user;
    }),
  }),
}));
