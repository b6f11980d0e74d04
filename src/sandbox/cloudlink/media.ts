import { listAttendances } from './attendance.ts';
import { putCall } from './call-control.ts';
import { hideCallRecords, hideRecords, listCallRecords, listRecords } from './call-record.ts';
import {
  deleteParticipant,
  getParticipant,
  listParticipants,
  postConnection,
  postParticipant,
  putParticipant,
} from './conference-participant.ts';
import {
  deleteConference,
  getConference,
  listConferences,
  listUserConferences,
  postConference,
  postConferenceAction,
  putConference,
  searchConferences,
} from './conference.ts';
import { getCall, listCalls, listOwnCalls, postCall } from './endpoint-call.ts';
import { getEndpoint, putEndpoint } from './endpoint.ts';
import { deleteRecording, getRecording, listRecordings, putRecording } from './recording.ts';
import type { Service } from './service.ts';

/** Calls, their records and recordings, and conferences (facts §6). */
export const media: Service = {
  name: 'media',
  open: {},
  routes: {
    'GET /endpoints/{endpointId}': getEndpoint,
    'PUT /endpoints/{endpointId}': putEndpoint,
    'GET /endpoints/{endpointId}/calls': listCalls,
    'POST /endpoints/{endpointId}/calls': postCall,
    'GET /endpoints/{endpointId}/calls/{callId}': getCall,
    'PUT /endpoints/{endpointId}/calls/{callId}': putCall,

    'GET /calls': listOwnCalls,
    'GET /calls/records': listRecords,
    'PUT /calls/records': hideRecords,
    'GET /calls/{callId}/records': listCallRecords,
    'PUT /calls/{callId}/records': hideCallRecords,

    'GET /recordings': listRecordings,
    'GET /recordings/{recordingId}': getRecording,
    'PUT /recordings/{recordingId}': putRecording,
    'DELETE /recordings/{recordingId}': deleteRecording,

    'GET /conferences': listConferences,
    'POST /conferences': postConference,
    'GET /conferences/content': searchConferences,
    'GET /conferences/{conferenceId}': getConference,
    'PUT /conferences/{conferenceId}': putConference,
    'POST /conferences/{conferenceId}': postConferenceAction,
    'DELETE /conferences/{conferenceId}': deleteConference,
    'GET /conferences/{conferenceId}/participants': listParticipants,
    'POST /conferences/{conferenceId}/participants': postParticipant,
    'GET /conferences/{conferenceId}/participants/{participantId}': getParticipant,
    'PUT /conferences/{conferenceId}/participants/{participantId}': putParticipant,
    'DELETE /conferences/{conferenceId}/participants/{participantId}': deleteParticipant,
    'POST /conferences/{conferenceId}/participants/{participantId}/connections': postConnection,
    'GET /users/{userId}/conferences': listUserConferences,
    'GET /users/{userId}/attendances': listAttendances,
  },
};
