import { toBoolean, toText, type Resource } from '../decode.ts';
import { UpstreamError } from '../errors.ts';
import { toCallQueue, type CallQueue, type CallQueueKey } from './call-queue.ts';
import type { Confirm } from './confirm.ts';
import type { Parameters, Requests } from './request.ts';
import { hasText, isSame } from './same.ts';

/** What is set of a queue. What is undefined stays as it is; an empty text takes a value away. */
export interface CallQueueChange {
  readonly description?: string | undefined;
  readonly strategy?: string | undefined;
  readonly defaultUser?: string | undefined;
  readonly connectTo?: string | undefined;
  readonly maxMinutes?: number | undefined;
  readonly waitLimitSeconds?: number | undefined;
  readonly lengthLimit?: number | undefined;
  readonly callbackMaxHours?: number | undefined;
  readonly requiresAgent?: boolean | undefined;
  readonly keepsStatistics?: boolean | undefined;
  readonly logsOutAutomatically?: boolean | undefined;
}

const columns: Readonly<Record<keyof CallQueueChange, string>> = {
  description: 'description',
  strategy: 'huntgroup_option',
  defaultUser: 'default_user',
  connectTo: 'connect_to',
  maxMinutes: 'max_time',
  waitLimitSeconds: 'wait_limit',
  lengthLimit: 'length_limit',
  callbackMaxHours: 'callback_max_hours',
  requiresAgent: 'agent_required',
  keepsStatistics: 'run_stats',
  logsOutAutomatically: 'auto_logout',
};

const toWire = (value: string | number | boolean): string =>
  typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);

const toParameters = (change: CallQueueChange): Record<string, string> =>
  Object.fromEntries(
    Object.entries(change).flatMap(([field, value]) =>
      value === undefined ? [] : [[columns[field as keyof CallQueueChange], toWire(value)]],
    ),
  );

/** Whether a row shows what was sent, by its text or by what that means. */
const shows = (row: Resource | undefined, sent: Parameters): boolean =>
  row !== undefined &&
  Object.entries(sent).every(([name, text = '']) => {
    const meaning = toBoolean(text);
    return hasText(row[name], text) || (meaning !== null && toBoolean(row[name]) === meaning);
  });

/** Changes of call queues (facts §5.12). Writes say `queue` where reads say `queue_name`. */
export const createCallQueueChanges = (requests: Requests, confirm: Confirm) => {
  const findRow = async ({ domain, queue }: CallQueueKey): Promise<Resource | undefined> =>
    (await requests.readAnew('callqueue read', { domain, queue_name: queue, start: '0', limit: '2' })).find(
      (row) => isSame(row['queue_name'], queue),
    );

  /** The queue once it shows what was sent. */
  const confirmQueue = async (key: CallQueueKey, sent: Parameters): Promise<CallQueue> => {
    const row = await confirm(
      () => findRow(key),
      (found) => shows(found, sent),
    );
    return { ...toCallQueue(row ?? {}, key.domain), queue: key.queue };
  };

  const withStrategy = async (key: CallQueueKey, sent: Parameters): Promise<Parameters> => {
    if (sent[columns.strategy] !== undefined) return sent;
    const row = await findRow(key);
    if (row !== undefined) return { ...sent, [columns.strategy]: toText(row[columns.strategy]) ?? '' };
    throw new UpstreamError({
      code: 'NOT_FOUND',
      platform: 'subscriber',
      message: 'The subscriber API has no such call queue.',
    });
  };

  return {
    create: async (key: CallQueueKey, change: CallQueueChange): Promise<CallQueue> => {
      const sent = toParameters(change);
      await requests.write('callqueue create', { ...key, ...sent });
      return confirmQueue(key, sent);
    },
    /** The strategy has to be sent along: where it is to stay, it is read before. Throws NOT_FOUND where there is no queue. */
    update: async (key: CallQueueKey, change: CallQueueChange): Promise<CallQueue> => {
      const sent = toParameters(change);
      await requests.write('callqueue update', { ...key, ...(await withStrategy(key, sent)) });
      return confirmQueue(key, sent);
    },
    remove: async (key: CallQueueKey): Promise<void> => {
      await requests.write('callqueue delete', { domain: key.domain, queue: key.queue });
      await confirm(
        () => findRow(key),
        (row) => row === undefined,
      );
    },
  };
};
