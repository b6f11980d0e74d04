import type { Resource } from '../decode.ts';
import type { Confirm } from './confirm.ts';
import type { Parameters, Requests } from './request.ts';
import { hasText, isSame } from './same.ts';
import type { SubscriberKey } from './subscriber.ts';
import {
  columnOf,
  columnsOf,
  readColumn,
  subscriberFields,
  toSubscriber,
  type Subscriber,
  type SubscriberField,
} from './subscriber-record.ts';

/** What cannot be set: the key, and what the platform computes (facts §4.3). */
type Fixed =
  | 'user'
  | 'domain'
  | 'presence'
  | 'accountStatus'
  | 'isAllowListEnabled'
  | 'isBlockListEnabled'
  | 'activeCallCount'
  | 'serviceCode'
  | 'createdAt'
  | 'updatedAt';

/** What is set of a subscriber. What is undefined stays as it is; null takes a value away. */
export type SubscriberChange = {
  readonly [Field in Exclude<SubscriberField, Fixed>]?: Subscriber[Field] | null | undefined;
};

/** "As the domain has it" is a value of its own here (facts §3.4). */
const inherited = new Set<string>(['callerIdName', 'callerIdNumber', 'emergencyCallerIdNumber']);

const separators: Readonly<Record<string, string>> = { emails: ';', voicemailCopyTo: ',' };

const toWire = (field: string, value: string | number | boolean | readonly string[] | null): string => {
  if (value === null) return inherited.has(field) ? '[*]' : '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? value.join(separators[field] ?? ',') : String(value);
};

const toSent = (change: SubscriberChange): readonly (readonly [SubscriberField, string])[] =>
  Object.entries(change).flatMap(([field, value]) =>
    value === undefined ? [] : [[field as SubscriberField, toWire(field, value)] as const],
  );

/** Which spelling of the copy's parameter the server takes is not known: it gets both. */
const toParameters = (sent: readonly (readonly [SubscriberField, string])[]): Parameters => {
  const copy = sent.find(([field]) => field === 'voicemailCopyTo')?.[1];
  return {
    ...Object.fromEntries(sent.map(([field, text]) => [columnOf(field), text])),
    ...(copy !== undefined && { vmail_frd_to: copy }),
  };
};

export const createSubscriberChanges = (requests: Requests, timeZone: string, confirm: Confirm) => {
  const fields = columnsOf(new Set(subscriberFields)).join(',');

  const readRow = async ({ domain, user }: SubscriberKey): Promise<Resource | undefined> =>
    (await requests.readAnew('subscriber read', { domain, user, fields, limit: '2' })).find((row) =>
      isSame(row['user'], user),
    );

  /** A value is the same where its text is, or where it means the same. */
  const hasValue = (row: Resource, [field, text]: readonly [SubscriberField, string]): boolean => {
    const column = row[columnOf(field)];
    const meaning = (value: unknown) => JSON.stringify(readColumn(field, value, timeZone));
    return hasText(column, text) || meaning(column) === meaning(text);
  };

  const confirmSubscriber = async (
    key: SubscriberKey,
    sent: readonly (readonly [SubscriberField, string])[],
  ): Promise<Subscriber> => {
    const row = await confirm(
      () => readRow(key),
      (found) => found !== undefined && sent.every((value) => hasValue(found, value)),
    );
    const subscriber = toSubscriber(row ?? {}, key.domain, timeZone);
    return typeof row?.['user'] === 'number' ? { ...subscriber, user: key.user } : subscriber;
  };

  return {
    create: async (key: SubscriberKey, change: SubscriberChange): Promise<Subscriber> => {
      const sent = toSent(change);
      const { domain, user } = key;
      await requests.write('subscriber create', { domain, user, ...toParameters(sent) });
      return confirmSubscriber(key, sent);
    },
    update: async (key: SubscriberKey, change: SubscriberChange): Promise<Subscriber> => {
      const sent = toSent(change);
      await requests.write('subscriber update', { uid: `${key.user}@${key.domain}`, ...toParameters(sent) });
      return confirmSubscriber(key, sent);
    },
    remove: async (key: SubscriberKey): Promise<void> => {
      await requests.write('subscriber delete', { uid: `${key.user}@${key.domain}` });
      await confirm(
        () => readRow(key),
        (row) => row === undefined,
      );
    },
  };
};
