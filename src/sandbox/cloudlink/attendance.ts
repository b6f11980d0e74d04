import { randomUUID } from 'node:crypto';
import { isAdministrator } from './access.ts';
import type { Attendance, Conference } from './conference-record.ts';
import { forbidden } from './failure.ts';
import { toCollection, toLink } from './hal.ts';
import { toIso } from './live-call.ts';
import type { Call, Handler } from './service.ts';
import { findUserByToken } from './user-access.ts';

/** Records that somebody has come in. */
export const beginAttendance = (
  { store, clock }: Call,
  { id, accountId }: Conference,
  participantId: string,
): void => {
  const attendance = {
    attendanceId: randomUUID(),
    conferenceId: id,
    accountId,
    participantId,
    createdOn: toIso(clock.now()),
  };
  store.media.attendances = [...store.media.attendances, attendance];
};

/** Records that one participant, or without an id all, have left. */
export const endAttendances = ({ store, clock }: Call, { id }: Conference, participantId?: string): void => {
  const endTime = toIso(clock.now());
  store.media.attendances = store.media.attendances.map((one) =>
    one.conferenceId === id &&
    one.endTime === undefined &&
    (participantId === undefined || one.participantId === participantId)
      ? { ...one, endTime }
      : one,
  );
};

const toAttendance = (attendance: Attendance) => {
  const { createdOn, endTime, conferenceId } = attendance;
  return {
    ...attendance,
    ...(endTime !== undefined && {
      durationInSeconds: Math.round((Date.parse(endTime) - Date.parse(createdOn)) / 1000),
    }),
    _links: { conference: toLink('conferences', conferenceId) },
  };
};

/** When somebody was in which conference, newest first: for themselves and administrators. */
export const listAttendances: Handler = (call) => {
  const { userId } = findUserByToken(call);
  const { principal, store } = call;
  if (userId !== principal.principalId && !isAdministrator(principal)) throw forbidden();
  const own = store.media.attendances.filter(({ participantId }) => participantId === userId);
  return toCollection(call, own.map(toAttendance).toReversed(), { idOf: ({ attendanceId }) => attendanceId });
};
