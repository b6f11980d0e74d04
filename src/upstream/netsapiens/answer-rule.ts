import { settleEach } from '../batch.ts';
import { toBoolean, toCount, toText, type Resource } from '../decode.ts';
import { collectAll } from '../page.ts';
import type { Confirm } from './confirm.ts';
import type { Parameters, Requests } from './request.ts';
import { createReadRows } from './rows.ts';
import { shows } from './same.ts';
import type { SubscriberKey } from './subscriber.ts';

/** The ways in which a rule treats calls, by the beginning of their columns (facts §5.11). */
const prefixes = {
  simultaneousRing: 'sim',
  forwardAlways: 'for',
  forwardWhenBusy: 'fbu',
  forwardWhenUnanswered: 'fna',
  forwardWhenUnregistered: 'fnr',
  forwardWhenActive: 'foa',
  rejectList: 'rej',
  acceptList: 'acp',
} as const;

export type AnswerRuleWay = keyof typeof prefixes;
const answerRuleWays = Object.keys(prefixes) as readonly AnswerRuleWay[];

/** Whether a way is taken, and to or for which numbers. */
export interface AnswerRuleStep {
  readonly isEnabled: boolean | null;
  readonly numbers: readonly string[];
}

/** What happens to the calls of a subscriber in one time frame. */
export interface AnswerRule extends SubscriberKey, Readonly<Record<AnswerRuleWay, AnswerRuleStep>> {
  /** `*` is the rule that always holds. */
  readonly timeFrame: string;
  readonly order: number | null;
  readonly isEnabled: boolean | null;
  readonly isDoNotDisturb: boolean | null;
}

export interface AnswerRuleKey extends SubscriberKey {
  readonly timeFrame: string;
}

/** What a client can set. What is undefined stays as it is. */
export interface AnswerRuleChange extends Readonly<
  Partial<
    Record<
      AnswerRuleWay,
      { readonly isEnabled: boolean; readonly numbers?: readonly string[] | undefined } | undefined
    >
  >
> {
  readonly isEnabled?: boolean | undefined;
  readonly isDoNotDisturb?: boolean | undefined;
}

/** `e` and `d` stand for enabled and disabled. */
const toControl = (value: unknown): boolean | null => {
  const text = toText(value)?.toLowerCase();
  if (text === 'e' || text === 'd') return text === 'e';
  return toBoolean(value);
};

const toStep = (record: Resource, prefix: string): AnswerRuleStep => ({
  isEnabled: toControl(record[`${prefix}_control`]),
  numbers: (toText(record[`${prefix}_parameters`]) ?? '').split(/\s+/).filter((number) => number !== ''),
});

const toRule = (record: Resource, { domain, user }: SubscriberKey): AnswerRule => ({
  domain,
  user,
  timeFrame: toText(record['time_frame']) ?? '',
  order: toCount(record['order']),
  isEnabled: toBoolean(record['enable']),
  isDoNotDisturb: toControl(record['dnd_control']),
  ...(Object.fromEntries(answerRuleWays.map((way) => [way, toStep(record, prefixes[way])])) as Record<
    AnswerRuleWay,
    AnswerRuleStep
  >),
});

const fromControl = (isEnabled: boolean) => (isEnabled ? 'e' : 'd');

const toParameters = (change: AnswerRuleChange): Parameters =>
  Object.fromEntries([
    ...(change.isEnabled === undefined ? [] : [['enable', change.isEnabled ? 'yes' : 'no']]),
    ...(change.isDoNotDisturb === undefined ? [] : [['dnd_control', fromControl(change.isDoNotDisturb)]]),
    ...answerRuleWays.flatMap((way) => {
      const step = change[way];
      if (step === undefined) return [];
      const control = [`${prefixes[way]}_control`, fromControl(step.isEnabled)];
      return step.numbers === undefined
        ? [control]
        : [control, [`${prefixes[way]}_parameters`, step.numbers.join(' ')]];
    }),
  ]);

const uidOf = ({ domain, user }: SubscriberKey) => `${user}@${domain}`;

const byOrder = (one: AnswerRule, other: AnswerRule) =>
  (one.order ?? Number.MAX_SAFE_INTEGER) - (other.order ?? Number.MAX_SAFE_INTEGER);

const hasKey = (record: Resource) => toText(record['time_frame']) !== null;

export const createAnswerRules = (requests: Requests, confirm: Confirm) => {
  const listAll = async (owner: SubscriberKey): Promise<readonly AnswerRule[]> => {
    const rows = await collectAll(createReadRows(requests, 'answerrule read', { uid: uidOf(owner) }));
    const rules = rows.filter(hasKey).map((row) => toRule(row, owner));
    return [...new Map(rules.map((rule) => [rule.timeFrame, rule])).values()].toSorted(byOrder);
  };

  const readRows = async (owner: SubscriberKey): Promise<readonly Resource[]> =>
    (await requests.readAnew('answerrule read', { uid: uidOf(owner), start: '0', limit: '1000' })).filter(
      hasKey,
    );

  const findRow = async (key: AnswerRuleKey) =>
    (await readRows(key)).find((row) => toText(row['time_frame']) === key.timeFrame);

  const targetOf = (key: AnswerRuleKey) => ({ uid: uidOf(key), time_frame: key.timeFrame });

  const confirmRule = async (key: AnswerRuleKey, sent: Parameters): Promise<AnswerRule> => {
    const row = await confirm(
      () => findRow(key),
      (found) => found !== undefined && shows(found, sent),
    );
    return toRule(row ?? {}, key);
  };

  return {
    /** The rules of each subscriber in their order, or an `Error`, in key order: one request each. */
    getByUser: (keys: readonly SubscriberKey[]) =>
      settleEach<SubscriberKey, readonly AnswerRule[]>(keys, {
        groupOf: uidOf,
        size: 1,
        load: async (_uid, owners) => Promise.all(owners.map(listAll)),
      }),
    /** A rule, null or an `Error` per key, in key order: one request for each subscriber. */
    getMany: (keys: readonly AnswerRuleKey[]) =>
      settleEach<AnswerRuleKey, AnswerRule | null>(keys, {
        groupOf: uidOf,
        size: Number.MAX_SAFE_INTEGER,
        load: async (_uid, group) => {
          const [owner] = group;
          const rules = owner === undefined ? [] : await listAll(owner);
          return group.map(({ timeFrame, ...key }) => {
            const rule = rules.find((candidate) => candidate.timeFrame === timeFrame);
            return rule === undefined ? null : { ...rule, ...key };
          });
        },
      }),

    create: async (key: AnswerRuleKey, change: AnswerRuleChange): Promise<AnswerRule> => {
      const sent = toParameters(change);
      await requests.write('answerrule create', { ...targetOf(key), ...sent });
      return confirmRule(key, sent);
    },
    update: async (key: AnswerRuleKey, change: AnswerRuleChange): Promise<AnswerRule> => {
      const sent = toParameters(change);
      await requests.write('answerrule update', { ...targetOf(key), ...sent });
      return confirmRule(key, sent);
    },
    remove: async (key: AnswerRuleKey): Promise<void> => {
      await requests.write('answerrule delete', targetOf(key));
      await confirm(
        () => findRow(key),
        (found) => found === undefined,
      );
    },
    /** Puts rules in this order, and answers all of the subscriber's rules in theirs. */
    reorder: async (owner: SubscriberKey, timeFrames: readonly string[]): Promise<readonly AnswerRule[]> => {
      await requests.write('answerrule reorder', {
        uid: uidOf(owner),
        user: owner.user,
        domain: owner.domain,
        priority: timeFrames.join(','),
      });
      const readRules = async () =>
        (await readRows(owner)).map((row) => toRule(row, owner)).toSorted(byOrder);
      return confirm(readRules, (rules) => {
        const shown = rules.map(({ timeFrame }) => timeFrame).filter((name) => timeFrames.includes(name));
        return shown.join(',') === timeFrames.join(',');
      });
    },
  };
};
