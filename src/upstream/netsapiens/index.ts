import type { Http } from '../http.ts';
import { createAnswerRules } from './answer-rule.ts';
import { createActiveCalls } from './active-call.ts';
import { createCallDetails } from './call-detail.ts';
import { createCallQueues } from './call-queue.ts';
import { createCallQueueChanges } from './call-queue-change.ts';
import { createConfirm } from './confirm.ts';
import { createDepartments } from './department.ts';
import { createDevices } from './device.ts';
import { createDirectoryContacts } from './directory-contact.ts';
import { createDomains } from './domain.ts';
import { createEvents } from './event.ts';
import { subscriberInterest } from './interest.ts';
import { createPhoneNumbers } from './phone-number.ts';
import { createPresences } from './presence.ts';
import { createCallRecordings } from './recording.ts';
import { createRequests } from './request.ts';
import { createSites } from './site.ts';
import { createSnapshot } from './snapshot.ts';
import { createSubscriberChanges } from './subscriber-change.ts';
import { createSubscribers } from './subscriber.ts';
import { createTextMessages } from './text-message.ts';
import { createTextSessions } from './text-session.ts';
import { createIdentity, type SubscriberIdentity } from './token.ts';
import { createVoicemails } from './voicemail.ts';

export interface NetsapiensOptions {
  /** The zone of times that carry none. */
  readonly timeZone: string;
  /** Ends the waiting for a change to show: the client has gone, or the operation has run out of time. */
  readonly signal: AbortSignal;
  /** What the session already knows of the caller, which saves asking. */
  readonly knownIdentity: () => SubscriberIdentity | null;
}

/** The legacy subscriber API as one principal sees it. */
export const createNetsapiens = (http: Http, { timeZone, signal, knownIdentity }: NetsapiensOptions) => {
  const requests = createRequests(http);
  const identity = createIdentity(http, timeZone);
  const confirm = createConfirm(signal);
  const readable = {
    subscribers: createSubscribers(requests, timeZone),
    presences: createPresences(requests),
    activeCalls: createActiveCalls(requests, timeZone),
    callDetails: createCallDetails(requests, timeZone),
    callQueues: createCallQueues(requests, timeZone, confirm),
    callQueueChanges: createCallQueueChanges(requests, confirm),
    textSessions: createTextSessions(requests, timeZone, confirm),
    textMessages: createTextMessages(requests, confirm),
  };
  return {
    ...readable,
    identity,
    subscriberChanges: createSubscriberChanges(requests, timeZone, confirm),
    domains: createDomains(requests, confirm),
    departments: createDepartments(requests),
    sites: createSites(requests),
    devices: createDevices(requests, timeZone, confirm),
    directoryContacts: createDirectoryContacts(requests, confirm),
    answerRules: createAnswerRules(requests, confirm),
    phoneNumbers: createPhoneNumbers(requests),
    recordings: createCallRecordings(requests, timeZone),
    voicemails: createVoicemails(requests, timeZone, confirm),
    interest: subscriberInterest,
    notifications: createEvents(requests, { timeZone, snapshot: createSnapshot(readable) }),
    /** Who the token belongs to and when it ends, by the word of the platform, which may name nobody. */
    prove: async () => {
      const { uid, domain, territory, scope, expiresAt } = await identity.read();
      const principal = uid && JSON.stringify([uid.toLowerCase(), domain?.toLowerCase(), territory, scope]);
      return { principal, expiresAt: expiresAt?.getTime() ?? null };
    },
    /** The domain of the caller. */
    ownDomain: async (): Promise<string | null> => knownIdentity()?.domain ?? (await identity.read()).domain,
    /** The caller, as `user@domain`. */
    ownUid: async (): Promise<string | null> => knownIdentity()?.uid ?? (await identity.read()).uid,
  };
};

export type Netsapiens = ReturnType<typeof createNetsapiens>;
