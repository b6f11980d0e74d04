import { Table, type ChangeListener } from '../table.ts';
import type { Audit } from './audit.ts';
import type { MediaStore } from './media-store.ts';
import { createMediaStore } from './media-store.ts';
import type { Subscription } from './subscription-record.ts';

export interface Address {
  readonly country?: string;
  readonly street?: string;
  readonly city?: string;
  readonly stateOrProvince?: string;
  readonly zipCode?: string;
}

export interface Account extends Audit {
  readonly accountId: string;
  readonly accountNumber: string;
  readonly name: string;
  readonly languageCode: string;
  readonly domain: string;
  readonly source: string;
  readonly state: string;
  readonly active: boolean;
  readonly partnerId: string;
  readonly organizationId: string;
  readonly policyId: string;
  readonly policy: { readonly allowGuestAccess?: boolean; readonly allowProxyAuthentication?: boolean };
  readonly userLimit: number;
  readonly accessTokenExpiryHours: number;
  readonly refreshTokenExpiryHours: number;
  readonly topLevelDomain: readonly string[];
  readonly location: { readonly address?: Address };
}

export interface Contact extends Audit {
  readonly contactId: string;
  readonly accountId: string;
  readonly name: string;
  readonly email?: string;
  readonly contactType: string;
}

export interface User extends Audit {
  readonly userId: string;
  readonly uniqueUserId: string;
  readonly accountId: string;
  readonly email: string;
  readonly role: string;
  readonly name?: string;
  readonly displayName?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly extension?: string;
  readonly phone?: string;
  readonly mobile?: string;
  readonly siteId?: string;
  readonly sipAddress?: string;
  /** A secret that CloudLink really does return (facts §4.2). */
  readonly sipPassword: string;
  readonly photoUrl?: string;
  readonly avatars?: Readonly<Record<string, string>>;
  readonly emailValid: boolean;
  readonly emailVerified: boolean;
  readonly mobileVerified: boolean;
  readonly phoneVerified: boolean;
  readonly extensionVerified: boolean;
  readonly userVerified: boolean;
  readonly source: string;
}

export interface Client extends Audit {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly accountId: string;
  readonly name: string;
  readonly role: string;
}

export interface Group extends Audit {
  readonly groupId: string;
  readonly accountId: string;
  readonly name: string;
  readonly description?: string;
  readonly type?: string;
  readonly extension?: string;
  /** User ids. */
  readonly members: readonly string[];
}

export interface Site extends Audit {
  readonly siteId: string;
  readonly accountId: string;
  readonly name: string;
  readonly location?: { readonly address?: Address };
}

/** Somebody in a conversation: a user or client by principal id, others by whatever names them (facts §5.3). */
export interface Participant {
  readonly type: string;
  readonly participantId: string;
  readonly status: 'INVITED' | 'ACCEPTED';
}

export interface Conversation extends Audit {
  readonly conversationId: string;
  readonly accountId: string;
  readonly name?: string;
  readonly visibility: string;
  readonly languageCode: string;
  readonly stream: boolean;
  readonly hidden: boolean;
  readonly generateSystemMessages: boolean;
  /** Six digits. */
  readonly accessCode: string;
  /** Where mail to the conversation goes. */
  readonly email: string;
  readonly thumbnailUrl?: string;
  readonly participants: readonly Participant[];
}

/** `modifiedOn` is there only once it was edited. */
export interface Message
  extends Pick<Audit, 'createdOn' | 'createdBy'>, Partial<Pick<Audit, 'modifiedOn' | 'modifiedBy'>> {
  readonly messageId: string;
  readonly conversationId: string;
  readonly accountId: string;
  readonly contentType: string;
  readonly body: string;
  /** A text of the sender's, most often JSON. */
  readonly tag?: string;
  /** What a client shows that cannot show an action card. */
  readonly fallbackText?: string;
}

export interface Attachment extends Audit {
  readonly attachmentId: string;
  readonly conversationId: string;
  readonly accountId: string;
  readonly name: string;
  readonly type?: string;
  /** Missing until it is uploaded. */
  readonly content?: { readonly bytes: Buffer; readonly contentType: string };
}

export interface Presence extends Pick<Audit, 'modifiedOn' | 'modifiedBy'> {
  readonly userId: string;
  readonly accountId: string;
  readonly status: string;
  readonly reason?: string;
}

/** A reseller of CloudLink, whose accounts name it (facts §4.1). */
export interface Partner extends Audit {
  readonly partnerId: string;
  readonly name: string;
}

/** One rule of an account's policy (facts §2.6). */
export interface Statement {
  readonly statementId: string;
  readonly effect: string;
  readonly action: readonly string[];
  readonly resource: readonly string[];
}

/** A registered application, as enabled for an account (facts §2.1). */
export interface Application extends Audit {
  readonly applicationId: string;
  readonly accountId: string;
  readonly name: string;
  readonly description?: string;
  readonly redirectUris?: readonly string[];
  readonly active: boolean;
}

/** An authorization code that nobody has used yet. */
export interface Grant {
  readonly clientId: string;
  readonly userId: string;
  readonly accountId: string;
  readonly expires: number;
}

/** Everything CloudLink knows, in memory. Records are replaced, never changed; maps keep the order of creation. */
export interface Store {
  /** Told of every change of a record, whoever makes it: by a request, or by the clock. */
  readonly listeners: ChangeListener[];
  readonly accounts: Map<string, Account>;
  readonly contacts: Map<string, Contact>;
  readonly users: Map<string, User>;
  /** By `clientKey`, because the client of both platforms is in every account. */
  readonly clients: Map<string, Client>;
  readonly groups: Map<string, Group>;
  readonly sites: Map<string, Site>;
  readonly partners: Map<string, Partner>;
  /** Policy id, then statement id. */
  readonly statements: Map<string, Map<string, Statement>>;
  readonly applications: Map<string, Application>;
  /** Tags of accounts and users: owner's id, then tag id. */
  readonly tags: Map<string, Map<string, unknown>>;
  readonly conversations: Map<string, Conversation>;
  /** By conversation, then message, oldest first. */
  readonly messages: Map<string, Map<string, Message>>;
  /** By conversation, then attachment. */
  readonly attachments: Map<string, Map<string, Attachment>>;
  /** By user. */
  readonly presences: Map<string, Presence>;
  /** Passwords by e-mail in lower case: one login serves all accounts its owner is in. */
  readonly logins: Map<string, string>;
  readonly grants: Map<string, Grant>;
  readonly subscriptions: Map<string, Subscription>;
  readonly media: MediaStore;
  /** How many tokens were handed out, which spreads their lifetimes. */
  tokensIssued: number;
}

export const createStore = (): Store => {
  const listeners: ChangeListener[] = [];
  const table = <Value>(noun: string) => new Table<Value>(noun, listeners);
  return {
    listeners,
    accounts: table('account'),
    contacts: table('contact'),
    users: table('user'),
    clients: table('client'),
    groups: table('group'),
    sites: table('site'),
    partners: table('partner'),
    statements: new Map(),
    applications: table('application'),
    tags: new Map(),
    conversations: table('conversation'),
    messages: new Map(),
    attachments: new Map(),
    presences: table('presence'),
    logins: new Map(),
    grants: new Map(),
    subscriptions: table('subscription'),
    media: createMediaStore(table('conference')),
    tokensIssued: 0,
  };
};

/** Tells the listeners of a change of something that is kept in no table. */
export const tell = (
  { listeners }: Store,
  noun: string,
  record: object,
  change: 'created' | 'changed' | 'removed',
): void => {
  const before = change === 'created' ? undefined : record;
  for (const onChange of listeners) onChange(noun, record, change === 'removed', before);
};

export const clientKey = (accountId: string, clientId: string): string => `${accountId}/${clientId}`;

/** What belongs to one account, in the order of creation. */
export const inAccount = <T extends { readonly accountId: string }>(
  records: ReadonlyMap<string, T>,
  accountId: string,
): readonly T[] => [...records.values()].filter((record) => record.accountId === accountId);
