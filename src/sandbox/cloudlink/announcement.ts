import type { Switches } from '../switches.ts';
import type { Principal } from './service.ts';
import type { Store } from './store.ts';

/** What is published of a change: the resource as it is read, and for whom (facts §8.2). */
export interface Announcement {
  readonly topic: string;
  readonly eventType: string;
  readonly content: { readonly _links: { readonly self: string } };
  /** Whose change it is, as far as that is known. */
  readonly publisher: { readonly accountId?: string; readonly principalId?: string };
  /** The same rule as for reading the resource. */
  isVisibleTo(principal: Principal): boolean;
}

/** What announcements are made in. */
export interface Setting {
  readonly store: Store;
  readonly switches: Readonly<Switches>;
}

/** The publishing services (facts §8.1). */
export const topics = {
  media: 'platform-api-media',
  conversations: 'platform-api-conversations',
  admin: 'platform-api-admin',
  presence: 'platform-api-presence',
} as const;

/** A record of one account. */
export interface OfAccount {
  readonly accountId: string;
}

/** A record that says who made it and who changed it last. */
export interface Changed {
  readonly createdBy?: string;
  readonly modifiedBy?: string;
}

/** Whoever changed a record last. */
export const toPublisher = ({
  accountId,
  modifiedBy,
  createdBy,
}: OfAccount & Changed): Announcement['publisher'] => {
  const principalId = modifiedBy ?? createdBy;
  return { accountId, ...(principalId !== undefined && { principalId }) };
};
