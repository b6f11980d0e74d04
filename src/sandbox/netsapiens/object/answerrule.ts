import type { Answer } from '../answer.ts';
import { answerRuleColumns, newAnswerRule, ruleSettings, toRuleKey } from '../answer-rule-record.ts';
import { requiredOwner, seesBelongings, type Owner } from '../belonging.ts';
import { isSame, pickSent } from '../filter.ts';
import {
  duplicate,
  missingTarget,
  actionsOf,
  required,
  type Call,
  type PlatformObject,
} from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { Refusal } from '../refusal.ts';
import { given } from '../request.ts';
import { outOfScope, seesDomain } from '../scope.ts';
import { toKey } from '../state.ts';
import { toUid } from '../subscriber-record.ts';

/** A user's rules in the order they apply. */
const read = (call: Call): Answer => {
  const { parameters, caller, state } = call;
  const owner = requiredOwner(parameters);
  if (!seesDomain(caller, state, owner.domain)) return outOfScope(call.switches, answerRuleColumns);
  const timeFrame = given(parameters, 'time_frame');
  const isVisible = seesBelongings(call, owner);
  const rules = [...state.answerRules.values()]
    .filter(
      (rule) =>
        isVisible &&
        isSame(rule.user, owner.user) &&
        isSame(rule.domain, owner.domain) &&
        (timeFrame === undefined || rule.time_frame === timeFrame),
    )
    .toSorted((one, other) => Number(one.order) - Number(other.order));
  return page(rules, { ...call, columns: answerRuleColumns, key: 'time_frame' });
};

/** The user and the key of the rule that a write is about. */
const toTarget = ({
  parameters,
}: Call): { readonly owner: Owner; readonly timeFrame: string; readonly key: string } => {
  const timeFrame = required(parameters, 'time_frame');
  const owner = requiredOwner(parameters);
  return { owner, timeFrame, key: toRuleKey(toUid(owner.user, owner.domain), timeFrame) };
};

const create = (call: Call): Answer => {
  const { parameters, state } = call;
  const { owner, timeFrame, key } = toTarget(call);
  if (!seesBelongings(call, owner)) return outOfScope(call.switches);
  const subscriber = state.subscribers.get(toKey(toUid(owner.user, owner.domain)));
  if (subscriber === undefined) throw new Refusal(404, 'No such user.');
  if (state.answerRules.has(key)) throw duplicate(call, 'The rule exists already.');
  const { user, domain } = subscriber;
  return call.write(() => {
    const rule = newAnswerRule({
      user,
      domain,
      time_frame: timeFrame,
      ...pickSent(parameters, ruleSettings),
    });
    if (!state.answerRules.has(key)) state.answerRules.set(key, rule);
  });
};

const update = (call: Call): Answer => {
  const { parameters, state } = call;
  const { owner, key } = toTarget(call);
  if (!seesBelongings(call, owner)) return outOfScope(call.switches);
  if (!state.answerRules.has(key)) return missingTarget(call, 'No such rule.');
  return call.write(() => {
    const rule = state.answerRules.get(key);
    if (rule !== undefined) state.answerRules.set(key, { ...rule, ...pickSent(parameters, ruleSettings) });
  });
};

const remove = (call: Call): Answer => {
  const { owner, key } = toTarget(call);
  if (!seesBelongings(call, owner)) return outOfScope(call.switches);
  if (!call.state.answerRules.has(key)) return missingTarget(call, 'No such rule.');
  return call.write(() => {
    call.state.answerRules.delete(key);
  });
};

/** Puts the named rules first, in the order of their names; the others follow as they were. */
const reorder = (call: Call): Answer => {
  const { parameters, state } = call;
  const uid = required(parameters, 'uid');
  required(parameters, 'user');
  required(parameters, 'domain');
  const names = required(parameters, 'priority').split(',');
  const owner = requiredOwner(parameters);
  if (!seesBelongings(call, owner)) return outOfScope(call.switches);
  call.write(() => {
    for (const [place, name] of names.entries()) {
      const key = toRuleKey(uid, name.trim());
      const rule = state.answerRules.get(key);
      if (rule !== undefined) state.answerRules.set(key, { ...rule, order: String(place + 1) });
    }
  });
  return { kind: 'done' };
};

const identity = ['uid', 'user', 'domain', 'time_frame'];

/** What happens to calls for a user, by time frame (facts §5.11). */
export const answerrule: PlatformObject = {
  element: 'answer_rule',
  actions: actionsOf({
    read: { parameters: [...identity, ...pageParameters], run: read },
    create: { parameters: [...identity, ...ruleSettings], run: create },
    update: { parameters: [...identity, ...ruleSettings], run: update },
    delete: { parameters: identity, run: remove },
    reorder: { parameters: ['uid', 'user', 'domain', 'priority'], run: reorder },
  }),
};
