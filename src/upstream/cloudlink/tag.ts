import { isResource, type Resource } from '../decode.ts';
import type { Http } from '../http.ts';

/** A note of an application on an account or a user: JSON of its own making, under an id of its choice (facts §4.2). */
export interface Tag {
  readonly id: string;
  readonly value: unknown;
}

/** What has tags: a user, or the account itself where there is none. */
export interface TagOwner {
  readonly accountId: string;
  readonly userId: string | null;
}

/** Asks for the tags of whatever is read; upstream leaves them out else. */
export const expandTags = (isWanted: boolean): Record<string, string> =>
  isWanted ? { $expand: 'tags' } : {};

const LINKS = '_links';

/** Upstream puts its own links among what applications wrote. */
const withoutLinks = (value: unknown): unknown =>
  isResource(value) && LINKS in value
    ? Object.fromEntries(Object.entries(value).filter(([name]) => name !== LINKS))
    : value;

/** The tags of a resource that was read with them: an object by tag id. */
export const toTags = ({ tags }: Resource): readonly Tag[] =>
  Object.entries(isResource(tags) ? tags : {})
    .filter(([id]) => id !== LINKS)
    .map(([id, value]) => ({ id, value: withoutLinks(value) }));

const pathOf = ({ accountId, userId }: TagOwner, tagId: string) => [
  'accounts',
  accountId,
  ...(userId === null ? [] : ['users', userId]),
  'tags',
  tagId,
];

export const createTags = (admin: Http) => ({
  /** Puts a value in the place of whatever was there. What upstream answers is documented nowhere, and not looked at. */
  set: async (owner: TagOwner, { id, value }: Tag): Promise<void> => {
    const bytes = { contentType: 'application/json', data: Buffer.from(JSON.stringify(value)) };
    await admin.send({ method: 'PUT', path: pathOf(owner, id), bytes, effect: 'write' });
  },
  remove: async (owner: TagOwner, tagId: string): Promise<void> => {
    await admin.send({ method: 'DELETE', path: pathOf(owner, tagId), effect: 'write' });
  },
});
