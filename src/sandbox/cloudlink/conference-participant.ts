import { beginAttendance, endAttendances } from './attendance.ts';
import { readBody } from './body.ts';
import {
  changeConference,
  findConference,
  findOwnConference,
  findParticipant,
  requireActor,
} from './conference-access.ts';
import type { Conference, ConferenceParticipant } from './conference-record.ts';
import { Failure } from './failure.ts';
import { flag, text } from './field.ts';
import { toCollection, toItem } from './hal.ts';
import type { Call, Handler } from './service.ts';
import { ok } from './service.ts';
import { tell } from './store.ts';
import type { ObjectSchema } from './validation.ts';

type NewParticipant = Pick<ConferenceParticipant, 'participantId'> &
  Partial<Pick<ConferenceParticipant, 'type' | 'externalId' | 'onetimeAcceptance'>>;

const newSchema: ObjectSchema<NewParticipant> = {
  type: 'object',
  properties: {
    participantId: { type: 'string', minLength: 1 },
    type: { type: 'string', enum: ['webapi', 'pstn'] },
    externalId: text,
    onetimeAcceptance: flag,
  },
  required: ['participantId'],
};

type ParticipantChange = Partial<
  Pick<ConferenceParticipant, 'associatedParticipantId' | 'muted' | 'onetimeAcceptance'>
> & { readonly action?: 'leave' };

const schema: ObjectSchema<ParticipantChange> = {
  type: 'object',
  properties: {
    associatedParticipantId: text,
    muted: flag,
    action: { type: 'string', enum: ['leave'] },
    onetimeAcceptance: flag,
  },
};

export const toParticipant = (conference: Conference, participant: ConferenceParticipant) =>
  toItem(participant, 'conferences', conference.id, 'participants', participant.participantId);

const idOf = ({ participantId }: ConferenceParticipant): string => participantId;

/** Puts a participant in the place of the one with the same id, or without one at the end. */
const setParticipant = (call: Call, conference: Conference, changed: ConferenceParticipant) => {
  const isSame = ({ participantId }: ConferenceParticipant) => participantId === changed.participantId;
  const isKnown = conference.participants.some(isSame);
  const participants = isKnown
    ? conference.participants.map((one) => (isSame(one) ? changed : one))
    : [...conference.participants, changed];
  changeConference(call, conference, { participants });
  tell(
    call.store,
    'conferenceParticipant',
    { conference, participant: changed },
    isKnown ? 'changed' : 'created',
  );
  return ok(toParticipant(conference, changed));
};

export const listParticipants: Handler = (call) => {
  const conference = findConference(call);
  const show = (participant: ConferenceParticipant) => toParticipant(conference, participant);
  return toCollection(call, conference.participants.toReversed(), { show, idOf });
};

export const postParticipant: Handler = (call) => {
  const conference = findOwnConference(call);
  const participant = readBody(call, newSchema);
  if (conference.participants.some(({ participantId }) => participantId === participant.participantId))
    throw new Failure(409, 'The participant is in the conference already');
  return setParticipant(call, conference, { type: 'webapi', ...participant, state: 'invited', muted: false });
};

export const getParticipant: Handler = (call) => {
  const conference = findConference(call);
  return ok(toParticipant(conference, findParticipant(call, conference)));
};

export const putParticipant: Handler = (call) => {
  const conference = findConference(call);
  const participant = findParticipant(call, conference);
  requireActor(call, conference, participant);
  const { action, ...change } = readBody(call, schema);
  const changed = { ...participant, ...change };
  if (action === undefined) return setParticipant(call, conference, changed);
  if (participant.state !== 'active') throw new Failure(409, 'The participant is not in the conference');
  endAttendances(call, conference, participant.participantId);
  return setParticipant(call, conference, { ...changed, state: 'inactive', muted: false });
};

export const deleteParticipant: Handler = (call) => {
  const conference = findConference(call);
  const participant = findParticipant(call, conference);
  requireActor(call, conference, participant);
  endAttendances(call, conference, participant.participantId);
  const participants = conference.participants.filter((one) => one !== participant);
  changeConference(call, conference, { participants });
  tell(call.store, 'conferenceParticipant', { conference, participant }, 'removed');
  return ok({});
};

/** Brings a participant in. What else the body says is not documented, and not looked at. */
export const postConnection: Handler = (call) => {
  const conference = findConference(call);
  const participant = findParticipant(call, conference);
  requireActor(call, conference, participant);
  if (participant.state === 'active') throw new Failure(409, 'The participant is in the conference already');
  const { expiryDateTime } = conference;
  if (expiryDateTime !== undefined && Date.parse(expiryDateTime) <= call.clock.now())
    throw new Failure(409, 'The conference has expired');
  beginAttendance(call, conference, participant.participantId);
  return setParticipant(call, conference, { ...participant, state: 'active' });
};
