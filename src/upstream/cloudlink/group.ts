import { isResource, toText, type Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import { toAudit, type Audit } from './audit.ts';
import { createAccountResource, type AccountResourceKey } from './account-resource.ts';
import type { AdminChange } from './admin-change.ts';
import { inOurFields } from './refused-field.ts';
import { readId } from './reply.ts';

/** People of an account under one name. Its fields are assumed. */
export interface Group extends Audit {
  readonly id: string;
  readonly accountId: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly groupType: string | null;
  readonly extension: string | null;
  readonly memberIds: readonly string[];
}

/** What to set of a group; an empty text takes a value away (assumed). */
export interface GroupChange {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly groupType?: string | undefined;
  readonly extension?: string | undefined;
  readonly memberIds?: readonly string[] | undefined;
}

/** A member is a user id, or an object that holds one. */
const toMemberId = (member: unknown): string | null =>
  isResource(member) ? (toText(member['userId']) ?? toText(member['principalId'])) : toText(member);

const toGroup = (resource: Resource, accountId: string): Group => ({
  id: readId(resource, 'groupId'),
  accountId,
  name: toText(resource['name']),
  description: toText(resource['description']),
  groupType: toText(resource['type']),
  extension: toText(resource['extension']),
  memberIds: Array.isArray(resource['members'])
    ? resource['members'].map(toMemberId).filter((id) => id !== null)
    : [],
  ...toAudit(resource),
});

const toWire = ({ groupType, memberIds, ...change }: GroupChange) => ({
  ...change,
  type: groupType,
  members: memberIds,
});

const refused = inOurFields([{ upstream: /^type$/, ours: 'groupType' }]);
const refusedMember = inOurFields([{ upstream: /^userId$/, ours: 'user' }]);

/** Groups, all of whose changes are assumed. */
export const createGroups = (admin: Http, changes: AdminChange) => {
  const path = (accountId: string) => ['accounts', accountId, 'groups'];

  /** Who has come is told and not the group; who has gone, by no documented body: the group is read back. */
  const readMembership = ({ accountId, id }: AccountResourceKey, userId: string, isMember: boolean) =>
    changes.readBack(
      [...path(accountId), id],
      (resource) => toGroup(resource, accountId),
      ({ memberIds }) => memberIds.includes(userId) === isMember,
    );

  return {
    ...createAccountResource(admin, 'groups', toGroup),
    create: async (accountId: string, group: GroupChange): Promise<Group> =>
      toGroup(await changes.create(path(accountId), toWire(group)).catch(refused), accountId),
    update: async ({ accountId, id }: AccountResourceKey, change: GroupChange): Promise<Group> =>
      toGroup(
        await changes.update([...path(accountId), id], toWire(change), 'groupId').catch(refused),
        accountId,
      ),
    remove: ({ accountId, id }: AccountResourceKey) => changes.remove([...path(accountId), id]),
    addMember: async (key: AccountResourceKey, userId: string): Promise<Group> => {
      const members = [...path(key.accountId), key.id, 'members'];
      await admin
        .send({ method: 'POST', path: members, json: { userId }, effect: 'write' })
        .catch(refusedMember);
      return readMembership(key, userId, true);
    },
    removeMember: async (key: AccountResourceKey, userId: string): Promise<Group> => {
      await changes.remove([...path(key.accountId), key.id, 'members', userId]);
      return readMembership(key, userId, false);
    },
  };
};
