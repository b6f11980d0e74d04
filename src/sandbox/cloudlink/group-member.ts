import { readBody } from './body.ts';
import { Failure, notFound } from './failure.ts';
import { text } from './field.ts';
import { changeGroup, findAdministeredGroup, findGroup } from './group.ts';
import { toCollection, toItem } from './hal.ts';
import type { Handler } from './service.ts';
import { created, ok } from './service.ts';
import type { User } from './store.ts';
import type { ObjectSchema } from './validation.ts';

const schema: ObjectSchema<Pick<User, 'userId'>> = {
  type: 'object',
  properties: { userId: text },
  required: ['userId'],
};

/** Enough of a user to show them in a list; `self` leads to the rest. */
const toMember = ({ accountId, userId, name, email, extension }: User) =>
  toItem({ userId, name, email, extension }, 'accounts', accountId, 'users', userId);

export const listMembers: Handler = (call) => {
  const { members } = findGroup(call);
  const users = members.flatMap((userId) => call.store.users.get(userId) ?? []);
  return toCollection(call, users, { show: toMember });
};

export const postMember: Handler = (call) => {
  const group = findAdministeredGroup(call);
  const { userId } = readBody(call, schema);
  const user = call.store.users.get(userId);
  if (user?.accountId !== group.accountId)
    throw new Failure(400, 'data.userId should be the id of a user of the account');
  changeGroup(call, group, { members: [...group.members, userId] });
  return created(toMember(user));
};

export const deleteMember: Handler = (call) => {
  const group = findAdministeredGroup(call);
  const userId = call.parameter('userId');
  if (!group.members.includes(userId)) throw notFound();
  changeGroup(call, group, { members: group.members.filter((member) => member !== userId) });
  return ok({});
};
