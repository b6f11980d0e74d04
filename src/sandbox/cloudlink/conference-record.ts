import type { Audit } from './audit.ts';

export interface ConferenceParticipant {
  readonly participantId: string;
  readonly state: 'invited' | 'accepted' | 'rejected' | 'active' | 'inactive';
  readonly type: 'webapi' | 'pstn';
  readonly externalId?: string;
  readonly onetimeAcceptance?: boolean;
  readonly associatedParticipantId?: string;
  readonly muted: boolean;
}

export interface ConferenceTag {
  readonly tagId: string;
  /** JSON in a string, as meetings have it (facts §6.5). */
  readonly value: string;
}

export interface Conference extends Audit {
  readonly id: string;
  readonly externalId?: string;
  readonly accountId: string;
  readonly name: string;
  readonly visibility: 'private' | 'public';
  readonly accessCode: string;
  readonly state: 'inactive' | 'active';
  readonly type: string;
  readonly lobbyPolicy: string;
  readonly recording: 'none' | 'running' | 'paused';
  readonly expiryDateTime?: string;
  readonly participants: readonly ConferenceParticipant[];
  readonly tags: readonly ConferenceTag[];
}

/** One person's time in a conference; without an end they are still in it. */
export interface Attendance {
  readonly attendanceId: string;
  readonly conferenceId: string;
  readonly accountId: string;
  readonly participantId: string;
  readonly createdOn: string;
  readonly endTime?: string;
}
