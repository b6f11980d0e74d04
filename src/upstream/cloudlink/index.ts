import type { Http } from '../http.ts';
import type { TokenSource } from '../token.ts';
import { createAccounts } from './account.ts';
import { createAdminChange } from './admin-change.ts';
import { createAttachments } from './attachment.ts';
import { createCallRecords } from './call-record.ts';
import { createClients } from './client.ts';
import { createConferences } from './conference.ts';
import { createConferenceParticipants } from './conference-participant.ts';
import { createContacts } from './contact.ts';
import { createConversations } from './conversation.ts';
import { createEndpoints } from './endpoint.ts';
import type { CloudlinkService } from './environment.ts';
import { createGroups } from './group.ts';
import { cloudlinkInterests } from './interest.ts';
import { createLiveCalls } from './live-call.ts';
import { createMessages } from './message.ts';
import { createPresences } from './presence.ts';
import { createRecordings } from './recording.ts';
import { createNotifications } from './notification.ts';
import { createSites } from './site.ts';
import { createSnapshot } from './snapshot.ts';
import { createTags } from './tag.ts';
import { createIdentity, identityOfToken } from './token.ts';
import { createUsers } from './user.ts';
import { createUserBulk } from './user-bulk.ts';
import { createUserChanges } from './user-change.ts';

/**
 * CloudLink as one principal sees it. `http` gives the sender for a service; `signal` ends the waiting for a change to
 * show; `applicationId` names this gateway where it asks to be told of things.
 */
export const createCloudlink = (
  http: (service: CloudlinkService) => Http,
  tokens: TokenSource,
  signal: AbortSignal,
  applicationId: string,
) => {
  const admin = http('admin');
  const changes = createAdminChange(admin, signal);
  const chat = http('chat');
  const media = http('media');
  const identity = createIdentity(http('authentication'));
  const readable = {
    conversations: createConversations(chat),
    messages: createMessages(chat),
    presences: createPresences(http('presence')),
    liveCalls: createLiveCalls(media, signal),
    endpoints: createEndpoints(media, signal),
    callRecords: createCallRecords(media),
    recordings: createRecordings(media),
  };
  return {
    ...readable,
    identity,
    accounts: createAccounts(admin, changes),
    users: createUsers(admin),
    userChanges: createUserChanges(changes),
    userBulk: createUserBulk(admin),
    contacts: createContacts(admin),
    groups: createGroups(admin, changes),
    sites: createSites(admin, changes),
    clients: createClients(admin, changes),
    tags: createTags(admin),
    attachments: createAttachments(chat),
    conferences: createConferences(media),
    conferenceParticipants: createConferenceParticipants(media),
    interests: cloudlinkInterests,
    notifications: createNotifications(http('notifications'), {
      applicationId,
      snapshot: createSnapshot(readable),
    }),
    /** Who the token belongs to, if CloudLink names somebody, and when it ends: by its word and not that of the token. */
    prove: async () => {
      const { accountId, userId, role, expiresAt } = await identity.read();
      const told = expiresAt ?? identityOfToken(await tokens.get())?.expiresAt ?? null;
      const principal = userId && JSON.stringify([accountId, userId, role]);
      return { principal, expiresAt: told?.getTime() ?? null };
    },
    /** The account of the caller: read from the token, or asked for where the token does not say. */
    ownAccountId: async (): Promise<string | null> =>
      identityOfToken(await tokens.get())?.accountId ?? (await identity.read()).accountId,
    /** The id of the caller, a user or a client, in the same way. */
    ownPrincipalId: async (): Promise<string | null> =>
      identityOfToken(await tokens.get())?.userId ?? (await identity.read()).userId,
  };
};

export type Cloudlink = ReturnType<typeof createCloudlink>;
