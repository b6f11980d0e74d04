import { maySee } from './access.ts';
import {
  topics,
  toPublisher,
  type Announcement,
  type Changed,
  type OfAccount,
  type Setting,
} from './announcement.ts';
import { toApplication } from './application.ts';
import { toClient, toPublic } from './client.ts';
import { toContact } from './contact.ts';
import { toGroup } from './group.ts';
import { toItem } from './hal.ts';
import { toPartner } from './partner.ts';
import { toStatement } from './policy.ts';
import { toPresence } from './presence.ts';
import { toSite } from './site.ts';
import type {
  Account,
  Application,
  Client,
  Contact,
  Group,
  Partner,
  Presence,
  Site,
  Statement,
  User,
} from './store.ts';

/** Something that administrators keep, for everybody who sees its account. */
const administered =
  <T extends OfAccount & Changed>(eventType: string, show: (record: T) => Announcement['content']) =>
  (record: T, { store }: Setting): Announcement => ({
    topic: topics.admin,
    eventType,
    content: show(record),
    publisher: toPublisher(record),
    isVisibleTo: (principal) => {
      const account = store.accounts.get(record.accountId);
      return account === undefined ? principal.accountId === record.accountId : maySee(principal, account);
    },
  });

export const account = administered('AccountNotification', (record: Account) =>
  toItem(record, 'accounts', record.accountId),
);
export const user = administered('UserNotification', (record: User) =>
  toItem(record, 'accounts', record.accountId, 'users', record.userId),
);
export const client = administered('ClientNotification', (record: Client) => toClient(toPublic(record)));
export const contact = administered('ContactNotification', (record: Contact) => toContact(record));
export const group = administered('GroupNotification', (record: Group) => toGroup(record));
export const site = administered('SiteNotification', (record: Site) => toSite(record));
export const application = administered('ApplicationNotification', (record: Application) =>
  toApplication(record),
);

export const statement = (
  { account, statement }: { readonly account: Account; readonly statement: Statement },
  setting: Setting,
): Announcement =>
  administered('StatementNotification', () => toStatement(account)(statement))(account, setting);

export const partner = (record: Partner): Announcement => ({
  topic: topics.admin,
  eventType: 'PartnerNotification',
  content: toPartner(record),
  publisher: { principalId: record.modifiedBy },
  isVisibleTo: ({ partnerId }) => partnerId === record.partnerId,
});

export const presence = (record: Presence): Announcement => ({
  topic: topics.presence,
  eventType: 'PresenceNotification',
  content: toPresence(record),
  publisher: toPublisher(record),
  isVisibleTo: ({ accountId }) => accountId === record.accountId,
});
