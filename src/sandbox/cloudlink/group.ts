import { randomUUID } from 'node:crypto';
import { findAccount, findAdministeredAccount, ownedBy, stampChange, stampCreation } from './access.ts';
import { readBody } from './body.ts';
import { Failure } from './failure.ts';
import { readOnly, text } from './field.ts';
import { toCollection, toItem } from './hal.ts';
import type { Call, Handler } from './service.ts';
import { created, ok } from './service.ts';
import type { Group, Store } from './store.ts';
import { inAccount } from './store.ts';
import type { ObjectSchema } from './validation.ts';

type GroupChange = Partial<Pick<Group, 'name' | 'description' | 'type' | 'extension' | 'members'>>;

const schema: ObjectSchema<GroupChange> = {
  type: 'object',
  properties: {
    ...readOnly('groupId', 'accountId'),
    name: text,
    description: text,
    type: text,
    extension: text,
    members: { type: 'array', items: text },
  },
};

const newSchema: ObjectSchema<GroupChange & Pick<Group, 'name'>> = { ...schema, required: ['name'] };

export const toGroup = (group: Group) => toItem(group, 'accounts', group.accountId, 'groups', group.groupId);

export const findGroup = (call: Call): Group => {
  const { accountId } = findAccount(call);
  return ownedBy(accountId, call.store.groups.get(call.parameter('groupId')));
};

/** The group the path names, for somebody who may change it. */
export const findAdministeredGroup = (call: Call): Group => {
  findAdministeredAccount(call);
  return findGroup(call);
};

/** Members are users of the group's account. Throws a 400 that names the first who is not. */
export const requireUsers = (store: Store, accountId: string, members: readonly string[]): void => {
  const stranger = members.findIndex((member) => store.users.get(member)?.accountId !== accountId);
  if (stranger !== -1)
    throw new Failure(400, `data.members(${stranger}) should be the id of a user of the account`);
};

/** Merges a change into a group. Nobody is a member twice. */
export const changeGroup = (call: Call, group: Group, change: GroupChange): Group => {
  const merged = { ...group, ...change, ...stampChange(call) };
  const changed = { ...merged, members: [...new Set(merged.members)] };
  call.store.groups.set(group.groupId, changed);
  return changed;
};

export const listGroups: Handler = (call) => {
  const { accountId } = findAccount(call);
  return toCollection(call, inAccount(call.store.groups, accountId), { show: toGroup });
};

export const getGroup: Handler = (call) => ok(toGroup(findGroup(call)));

export const postGroup: Handler = (call) => {
  const { accountId } = findAdministeredAccount(call);
  const body = readBody(call, newSchema);
  const members = [...new Set(body.members)];
  requireUsers(call.store, accountId, members);
  const group: Group = { ...body, members, groupId: randomUUID(), accountId, ...stampCreation(call) };
  call.store.groups.set(group.groupId, group);
  return created(toGroup(group));
};

export const putGroup: Handler = (call) => {
  const group = findAdministeredGroup(call);
  const change = readBody(call, schema);
  requireUsers(call.store, group.accountId, change.members ?? []);
  return ok(toGroup(changeGroup(call, group, change)));
};

export const deleteGroup: Handler = (call) => {
  call.store.groups.delete(findAdministeredGroup(call).groupId);
  return ok({});
};
