import { isResource, toText, type Resource } from '../decode.ts';
import type { Http } from '../http.ts';
import type { PageRequest } from '../page.ts';
import { toAudit, type Audit } from './audit.ts';
import { getPage } from './collection.ts';
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

export const createGroups = (admin: Http) => ({
  list: (accountId: string, page: PageRequest) => {
    const toModel = (resource: Resource): Group => ({
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
    return getPage(admin, { path: ['accounts', accountId, 'groups'], toModel }, page);
  },
});
