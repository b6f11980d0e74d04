/** The ways a rule treats a call, each with a `_control` and a `_parameters` column (facts §5.11). */
const ways = ['sim', 'for', 'fbu', 'fna', 'fnr', 'foa', 'rej', 'acp'] as const;

const wayColumns = ways.flatMap((way) => [`${way}_control`, `${way}_parameters`] as const);

/** The columns of an answering rule that a caller sets. */
export const ruleSettings = ['order', 'enable', ...wayColumns, 'dnd_control'] as const;

export const answerRuleColumns = ['user', 'domain', 'time_frame', ...ruleSettings] as const;

export type AnswerRuleRecord = Readonly<Record<(typeof answerRuleColumns)[number], string>>;

/** The time frame of the rule that applies where no other does. */
export const ALWAYS = '*';

export const toRuleKey = (uid: string, timeFrame: string): string => `${uid.toLowerCase()} ${timeFrame}`;

type Given = Partial<AnswerRuleRecord> & Pick<AnswerRuleRecord, 'user' | 'domain' | 'time_frame'>;

/** A rule that rings the user and does nothing else: every way is disabled (`d`). */
export const newAnswerRule = (given: Given): AnswerRuleRecord => {
  const disabled = Object.fromEntries(
    ways.flatMap((way) => [
      [`${way}_control`, 'd'],
      [`${way}_parameters`, ''],
    ]),
  ) as Record<(typeof wayColumns)[number], string>;
  return { order: '99', enable: 'yes', ...disabled, dnd_control: 'd', ...given };
};
