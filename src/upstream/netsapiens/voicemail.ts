import { settleEach } from '../batch.ts';
import { toCount, toText, type Resource } from '../decode.ts';
import { collectPage, type Page, type PageRequest } from '../page.ts';
import type { Confirm } from './confirm.ts';
import type { Parameters, Requests } from './request.ts';
import { createReadRows } from './rows.ts';
import { isSame } from './same.ts';
import type { SubscriberKey } from './subscriber.ts';
import { toZonelessTime, type ZonelessTime } from './time.ts';

export interface VoicemailKey extends SubscriberKey {
  readonly index: string;
}

/** A message in a mailbox. Its fields are those that apps show (facts §5.10); its link goes no further than this folder. */
export interface Voicemail extends VoicemailKey {
  /** The vendor's word for where it lies. */
  readonly folder: string | null;
  readonly fileName: string | null;
  readonly receivedAt: ZonelessTime | null;
  readonly durationSeconds: number | null;
  readonly sizeBytes: number | null;
  readonly callerNumber: string | null;
  readonly callerName: string | null;
  readonly transcription: string | null;
}

export const toVoicemail = (row: Resource, { domain, user }: SubscriberKey, timeZone: string): Voicemail => ({
  domain,
  user,
  index: toText(row['index']) ?? '',
  folder: toText(row['type']),
  fileName: toText(row['filename']),
  receivedAt: toZonelessTime(row['time'], timeZone),
  durationSeconds: toCount(row['duration']),
  sizeBytes: toCount(row['size']),
  callerNumber: toText(row['from_user']),
  callerName: toText(row['from_name']),
  transcription: toText(row['transcription']),
});

/** What is a message, and neither a greeting nor music. */
const isMessage = (row: Resource): boolean =>
  toText(row['index']) !== null && /^(vmail\/|trash$)/.test(toText(row['type']) ?? 'vmail/');

export const createVoicemails = (requests: Requests, timeZone: string, confirm: Confirm) => {
  const find = async (key: VoicemailKey, read: Requests['read']): Promise<Resource | null> => {
    const { domain, user, index } = key;
    const rows = await read('audio read', { domain, user, index, start: '0', limit: '100' });
    return rows.find((row) => isMessage(row) && isSame(row['index'], index)) ?? null;
  };

  const select = ({ domain, user }: SubscriberKey, type: string): Parameters => ({ domain, user, type });

  return {
    /** A message, null or an `Error` per key, in key order. One request each. */
    getMany: (keys: readonly VoicemailKey[]) =>
      settleEach<VoicemailKey, Voicemail | null>(keys, {
        groupOf: ({ domain, user, index }) => JSON.stringify([domain, user, index]),
        size: Number.MAX_SAFE_INTEGER,
        load: async (_group, members) => {
          const row = members[0] === undefined ? null : await find(members[0], requests.read);
          return members.map((key) => (row === null ? null : toVoicemail(row, key, timeZone)));
        },
      }),

    /** The messages of a mailbox that lie in a folder, in the vendor's word, newest first. */
    list: async (key: SubscriberKey, type: string, page: PageRequest): Promise<Page<Voicemail>> => {
      const read = createReadRows(requests, 'audio read', { ...select(key, type), sort: 'time DESC' });
      const isMeant = (row: Resource) => isMessage(row) && (toText(row['type']) ?? type) === type;
      const found = await collectPage(page, read, { keep: isMeant, keepsMost: true });
      const items = found.items.map(({ value, next }) => ({
        value: toVoicemail(value, key, timeZone),
        next,
      }));
      return { ...found, items };
    },

    count: (key: SubscriberKey, type: string): Promise<number | null> =>
      requests.count('audio count', select(key, type)),

    /** Moves a message to another folder; answers it once it shows there. */
    move: async (key: VoicemailKey, type: string): Promise<Voicemail> => {
      const { domain, user, index } = key;
      await requests.write('audio update', { owner_domain: domain, owner: user, index, type });
      const row = await confirm(
        () => find(key, requests.readAnew),
        (found) => found !== null && toText(found['type']) === type,
      );
      return toVoicemail(row ?? {}, key, timeZone);
    },

    /** Removes a message for good; resolves when it is gone. */
    remove: async (key: VoicemailKey): Promise<void> => {
      const { domain, user, index } = key;
      await requests.write('audio delete', { owner_domain: domain, owner: user, index });
      await confirm(
        () => find(key, requests.readAnew),
        (found) => found === null,
      );
    },

    /** The address at which the platform plays a message, or null. It carries a credential: it is never given out. */
    getMediaUrl: async (key: VoicemailKey): Promise<string | null> => {
      const row = await find(key, requests.readAnew);
      return row === null ? null : toText(row['play']);
    },
  };
};
