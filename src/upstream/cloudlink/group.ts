import { isResource, toText, type Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import { toAudit, type Audit } from './audit.ts';
import { createAccountResource } from './account-resource.ts';
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

export const createGroups = (admin: Http) => createAccountResource(admin, 'groups', toGroup);
