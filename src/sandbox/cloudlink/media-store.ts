import type { CallHistory } from './call-history.ts';
import type { Conference, Attendance } from './conference-record.ts';
import type { Recording } from './recording-record.ts';
import type { Switchboard } from './switchboard.ts';
import { createSwitchboard } from './switchboard.ts';

/** What is set on an endpoint; what it is doing follows from its calls. */
export interface EndpointSettings {
  readonly userAvailability: string;
  readonly messageWaiting: boolean;
  readonly dnd: boolean;
  readonly pstnRouting: boolean;
}

/** What the PBX of an account knows and CloudLink's users do not say. */
export interface Directory {
  readonly mainNumber: string;
  /** Names by extension, also of people who are not on CloudLink. */
  readonly names: ReadonlyMap<string, string>;
}

/** Everything the media service knows. Maps are by account, save for those that say otherwise. */
export interface MediaStore {
  readonly switchboard: Switchboard;
  readonly directories: Map<string, Directory>;
  /** By `endpointKey`; who is not there has the usual settings. */
  readonly endpoints: Map<string, EndpointSettings>;
  readonly histories: Map<string, CallHistory>;
  /** The ids of hidden call records, of all accounts. */
  readonly hiddenCalls: Set<string>;
  /** Recordings of simulated calls, oldest first. */
  readonly recordings: Map<string, Recording[]>;
  /** By recording id. */
  readonly labels: Map<string, string>;
  readonly deletedRecordings: Set<string>;
  /** By conference id, in the order of creation. */
  readonly conferences: Map<string, Conference>;
  /** Of all accounts, oldest first. */
  attendances: readonly Attendance[];
}

export const createMediaStore = (conferences: MediaStore['conferences']): MediaStore => ({
  switchboard: createSwitchboard(),
  directories: new Map(),
  endpoints: new Map(),
  histories: new Map(),
  hiddenCalls: new Set(),
  recordings: new Map(),
  labels: new Map(),
  deletedRecordings: new Set(),
  conferences,
  attendances: [],
});

export const endpointKey = (accountId: string, endpointId: string): string => `${accountId}/${endpointId}`;

/** Forgets what belonged to an account. */
export const forgetMedia = (media: MediaStore, accountId: string): void => {
  for (const records of [media.directories, media.histories, media.recordings]) records.delete(accountId);
  for (const key of media.endpoints.keys())
    if (key.startsWith(endpointKey(accountId, ''))) media.endpoints.delete(key);
  for (const { id } of [...media.conferences.values()].filter((one) => one.accountId === accountId))
    media.conferences.delete(id);
  media.attendances = media.attendances.filter((one) => one.accountId !== accountId);
};
