import { isAdministrator, ownedBy, stampChange } from './access.ts';
import type { Conference, ConferenceParticipant } from './conference-record.ts';
import { forbidden, notFound } from './failure.ts';
import type { Call } from './service.ts';

const isOwner = ({ principal }: Pick<Call, 'principal'>, { createdBy }: Conference): boolean =>
  isAdministrator(principal) || createdBy === principal.principalId;

/** Administrators see every conference of the account, others those they made or take part in. */
export const maySeeConference = (call: Pick<Call, 'principal'>, conference: Conference): boolean =>
  isOwner(call, conference) ||
  conference.participants.some(({ participantId }) => participantId === call.principal.principalId);

/** The conference the path names. Throws a 403 or 404. */
export const findConference = (call: Call): Conference => {
  const { store, principal, parameter } = call;
  const conference = ownedBy(principal.accountId, store.media.conferences.get(parameter('conferenceId')));
  if (!maySeeConference(call, conference)) throw forbidden();
  return conference;
};

/** The same for whoever may change it: who made it, and administrators. */
export const findOwnConference = (call: Call): Conference => {
  const conference = findConference(call);
  if (!isOwner(call, conference)) throw forbidden();
  return conference;
};

/** The participant the path names. Throws a 404. */
export const findParticipant = (call: Call, conference: Conference): ConferenceParticipant => {
  const participantId = call.parameter('participantId');
  const participant = conference.participants.find((one) => one.participantId === participantId);
  if (participant === undefined) throw notFound();
  return participant;
};

/** Everybody acts for themselves, the owner for all. Throws a 403. */
export const requireActor = (
  call: Call,
  conference: Conference,
  { participantId }: ConferenceParticipant,
) => {
  if (!isOwner(call, conference) && participantId !== call.principal.principalId) throw forbidden();
};

/** Puts the changed conference in its place. Active is one with somebody in it; what it records ends with it. */
export const changeConference = (
  call: Call,
  conference: Conference,
  change: Partial<Conference>,
): Conference => {
  const merged = { ...conference, ...change, ...stampChange(call) };
  const isActive = merged.participants.some(({ state }) => state === 'active');
  const changed: Conference = isActive
    ? { ...merged, state: 'active' }
    : { ...merged, state: 'inactive', recording: 'none' };
  call.store.media.conferences.set(conference.id, changed);
  return changed;
};
