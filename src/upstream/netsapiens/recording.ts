import { toCount, toText, type Resource } from '../decode.ts';
import type { Requests } from './request.ts';
import { toZonelessTime, type ZonelessTime } from './time.ts';

/** The call a recording is of, by the ids it had while it went on. */
export interface CallRecordingKey {
  readonly domain: string;
  readonly originCallId: string;
  /** Empty where it is not known. */
  readonly destinationCallId: string;
}

/** What is kept of a recorded call (facts §5.9). Its link carries a credential and goes no further than this folder. */
export interface CallRecording extends CallRecordingKey {
  /** `unconverted`, `converted` or `archived`. */
  readonly status: string | null;
  readonly openedAt: ZonelessTime | null;
  readonly closedAt: ZonelessTime | null;
  readonly durationSeconds: number | null;
  readonly sizeKilobytes: number | null;
}

/** A recording without an address cannot be fetched, and one without a status is none (facts §3.5). */
const isRecording = (row: Resource) => toText(row['status']) !== null || toText(row['url']) !== null;

export const toRecording = (row: Resource, key: CallRecordingKey, timeZone: string): CallRecording => ({
  ...key,
  status: toText(row['status']),
  openedAt: toZonelessTime(row['time_open'], timeZone),
  closedAt: toZonelessTime(row['time_close'], timeZone),
  durationSeconds: toCount(row['duration']),
  sizeKilobytes: toCount(row['size']),
});

export const createCallRecordings = (requests: Requests, timeZone: string) => {
  const find = async (key: CallRecordingKey, read: Requests['read']): Promise<Resource | null> => {
    const { domain, originCallId, destinationCallId } = key;
    const rows = await read('recording read', {
      domain,
      orig_callid: originCallId,
      term_callid: destinationCallId === '' ? undefined : destinationCallId,
    });
    return rows.find(isRecording) ?? null;
  };

  return {
    /** The recording of a call, or null as long as there is none. One request: upstream has no list. */
    get: async (key: CallRecordingKey): Promise<CallRecording | null> => {
      const row = await find(key, requests.read);
      return row === null ? null : toRecording(row, key, timeZone);
    },

    /** The address of the sound, or null. It carries a credential: it is never given out. */
    getMediaUrl: async (key: CallRecordingKey): Promise<string | null> => {
      const row = await find(key, requests.readAnew);
      return row === null ? null : toText(row['url']);
    },
  };
};
