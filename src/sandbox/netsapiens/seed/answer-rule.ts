import type { Company } from '../../company.ts';
import { ALWAYS, newAnswerRule, toRuleKey, type AnswerRuleRecord } from '../answer-rule-record.ts';
import { toUid } from '../subscriber-record.ts';
import { outsiderAt } from './outsider.ts';

/** The always-rule for everybody, before it one for working hours for every other; some ring a mobile or forward. */
export const seedAnswerRules = (company: Company): (readonly [string, AnswerRuleRecord])[] =>
  company.people.flatMap(({ legacy, extension: user, domain, mobile }, index) => {
    if (legacy === undefined) return [];
    const digits = mobile.replace('+', '');
    const always = newAnswerRule({
      user,
      domain,
      time_frame: ALWAYS,
      ...(index % 3 === 0 && { sim_control: 'e', sim_parameters: `${user} ${user}a ${digits}` }),
      ...(index % 4 === 1 && { fna_control: 'e', fna_parameters: digits }),
      ...(index % 7 === 3 && { dnd_control: 'e' }),
    });
    const hours = newAnswerRule({
      user,
      domain,
      time_frame: 'Business Hours',
      order: '1',
      enable: index % 4 === 0 ? 'yes' : 'no',
      rej_control: 'e',
      rej_parameters: outsiderAt(index).number,
    });
    const rules = index % 2 === 0 ? [hours, always] : [always];
    return rules.map((rule) => [toRuleKey(toUid(user, domain), rule.time_frame), rule] as const);
  });
