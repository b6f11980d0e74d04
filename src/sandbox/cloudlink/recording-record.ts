import type { PastCall } from './past-call.ts';

/** What was recorded of a call. It is known by its own id and leads to its call by `callId` alone (facts §6.4). */
export interface Recording {
  readonly recordingId: string;
  readonly call: PastCall;
  /** Milliseconds since the epoch. */
  readonly createdOn: number;
  readonly durationInSeconds: number;
}

/** Seeded ids differ from the id of their call in one block, so that either leads to the other. */
const CALL_MARK = '-5eed-';
const RECORDING_MARK = '-5eea-';

/** The recording of a seeded call; undefined where there is none, or where the call is not a seeded one. */
export const toSeededRecording = (call: PastCall): Recording | undefined =>
  call.isRecorded && call.callId.includes(CALL_MARK)
    ? {
        recordingId: call.callId.replace(CALL_MARK, RECORDING_MARK),
        call,
        createdOn: call.startedAt,
        durationInSeconds: call.talkSeconds,
      }
    : undefined;

/** The id of the call that the seeded recording of this id would belong to. */
export const toSeededCallId = (recordingId: string): string =>
  recordingId.includes(RECORDING_MARK) ? recordingId.replace(RECORDING_MARK, CALL_MARK) : '';
