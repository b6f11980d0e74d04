import { topics, toPublisher, type Announcement, type OfAccount, type Setting } from './announcement.ts';
import { isAdministrator } from './access.ts';
import { maySeeCall, showRecord, toRecord } from './call-record.ts';
import { maySeeConference } from './conference-access.ts';
import { toParticipant } from './conference-participant.ts';
import type { Conference, ConferenceParticipant } from './conference-record.ts';
import { toConference } from './conference.ts';
import { toEndpoint, type Endpoint } from './endpoint.ts';
import type { CallView } from './live-call.ts';
import type { PastCall } from './past-call.ts';
import type { Recording } from './recording-record.ts';
import { toRecording } from './recording.ts';

/** What a PBX calls the states of a call, for each direction where it tells them apart. */
const pbxEvents = {
  ringing: { inbound: 'deliveredEvent', outbound: 'originatedEvent' },
  connected: { inbound: 'establishedEvent', outbound: 'establishedEvent' },
  held: { inbound: 'heldEvent', outbound: 'heldEvent' },
  completed: { inbound: 'connectionClearedEvent', outbound: 'connectionClearedEvent' },
} as const;

/** A call as one of its endpoints sees it; who may ask for it by its id is told of it. */
export const liveCall = ({
  endpointId,
  view,
}: {
  readonly endpointId: string;
  readonly view: CallView;
}): Announcement => {
  const { accountId, userId, state, direction } = view;
  const content = {
    ...view,
    endpointId,
    ...(userId !== undefined && { principalId: userId, callLegOwner: userId }),
    extraPbxData: {
      ...view.extraPbxData,
      alertingDevice: endpointId,
      eventType: pbxEvents[state][direction],
    },
    isCtiEvent: true,
  };
  return {
    topic: topics.media,
    eventType: 'CallStateNotification',
    content,
    publisher: { accountId, ...(userId !== undefined && { principalId: userId }) },
    isVisibleTo: (principal) =>
      principal.accountId === accountId && (isAdministrator(principal) || principal.principalId === userId),
  };
};

export const endpoint = (record: Endpoint, { store }: Setting): Announcement => ({
  topic: topics.media,
  eventType: 'EndpointNotification',
  content: toEndpoint(store, record),
  publisher: { accountId: record.user.accountId, principalId: record.user.userId },
  isVisibleTo: ({ accountId }) => accountId === record.user.accountId,
});

interface OfPastCall extends OfAccount {
  readonly past: PastCall;
}

const ofPastCall = (
  { accountId, past }: OfPastCall,
  announcement: Pick<Announcement, 'eventType' | 'content'>,
): Announcement => ({
  topic: topics.media,
  ...announcement,
  publisher: { accountId },
  isVisibleTo: (principal) => principal.accountId === accountId && maySeeCall({ principal }, past),
});

/** A record is told where its address says, under the GUID that it has from then on (facts §6.3). */
export const callRecord = (record: OfPastCall, { store }: Setting): Announcement =>
  ofPastCall(record, {
    eventType: 'CallRecordNotification',
    content: showRecord(toRecord(store, record.past)),
  });

/** Nothing documented says that recordings are published, so they are only where the switch asks for it. */
export const recording = (
  { accountId, recording }: OfAccount & { readonly recording: Recording },
  { store, switches }: Setting,
): Announcement | undefined =>
  switches.cloudlinkRecordingEvents
    ? ofPastCall(
        { accountId, past: recording.call },
        { eventType: 'RecordingNotification', content: toRecording({ store }, recording) },
      )
    : undefined;

const inConference = (
  conference: Conference,
  announcement: Pick<Announcement, 'eventType' | 'content'>,
): Announcement => ({
  topic: topics.media,
  ...announcement,
  publisher: toPublisher(conference),
  isVisibleTo: (principal) =>
    principal.accountId === conference.accountId && maySeeConference({ principal }, conference),
});

export const conference = (record: Conference, { store }: Setting): Announcement =>
  inConference(record, {
    eventType: 'ConferenceNotification',
    content: toConference({ store, query: new URLSearchParams() }, record),
  });

export const conferenceParticipant = ({
  conference,
  participant,
}: {
  readonly conference: Conference;
  readonly participant: ConferenceParticipant;
}): Announcement =>
  inConference(
    { ...conference, participants: [...conference.participants, participant] },
    {
      eventType: 'ConferenceParticipantNotification',
      content: toParticipant(conference, participant),
    },
  );
