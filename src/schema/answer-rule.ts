import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import { builder, type BuilderTypes } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf, registerNode, splitKey } from '../global-id.ts';
import { badInput, isGiven } from '../input.ts';
import type {
  AnswerRule as AnswerRuleModel,
  AnswerRuleChange,
  AnswerRuleKey,
  AnswerRuleStep as AnswerRuleStepModel,
  AnswerRuleWay,
} from '../upstream/netsapiens/answer-rule.ts';
import type { SubscriberKey } from '../upstream/netsapiens/subscriber.ts';
import { ROUND_COUNT } from './legacy-cost.ts';
import { dialledNumber, notNull, refuseNoChange, UNTIL_IT_SHOWS } from './legacy-input.ts';
import { subscriberKeyOf } from './legacy-key.ts';
import { orMissing } from './missing.ts';
import { keyArgument, legacyChange, rejections } from './mutation.ts';
import { Subscriber } from './subscriber.ts';
import { loadSubscriber } from './subscriber-query.ts';

// A time frame may be `*`, and never holds a comma: upstream takes several with commas between.
registerNode('AnswerRule', 'subscriber', /^[^*~%,/\p{Cc}]{1,255}\/[^*~%,\p{Cc}]{1,255},[^,\p{Cc}]{1,255}$/u);

const toKey = (key: string): AnswerRuleKey => {
  const [domain, rest] = splitKey(key);
  const comma = rest.indexOf(',');
  return { domain, user: rest.slice(0, comma), timeFrame: rest.slice(comma + 1) };
};

const AnswerRuleStep = builder.objectRef<AnswerRuleStepModel>('AnswerRuleStep').implement({
  description: 'One way in which an answering rule treats calls.',
  fields: (t) => ({
    isEnabled: t.exposeBoolean('isEnabled', { description: 'Whether it is done.' }),
    numbers: t.exposeStringList('numbers', {
      nullable: false,
      description: 'The numbers or devices it is about; kept while it is not done.',
    }),
  }),
});

const AnswerRule = builder.loadableNodeRef('AnswerRule', {
  id: {
    resolve: ({ domain, user, timeFrame }: AnswerRuleModel) => `${domain}/${user},${timeFrame}`,
    description: 'Names this answering rule towards this gateway.',
  },
  load: async (keys: string[], { netsapiens }: Context) =>
    (await netsapiens.answerRules.getMany(keys.map(toKey))).map(
      orMissing('The subscriber API has no such answering rule', 'subscriber'),
    ),
});

const ways: Readonly<Record<AnswerRuleWay, string>> = {
  simultaneousRing: 'Rings these at the same time.',
  forwardAlways: 'Forwards every call.',
  forwardWhenBusy: 'Forwards when the line is busy.',
  forwardWhenUnanswered: 'Forwards when nobody answers in time.',
  forwardWhenUnregistered: 'Forwards when no device is registered.',
  forwardWhenActive: 'Forwards when a call is under way.',
  rejectList: 'Refuses these callers.',
  acceptList: 'Lets only these callers through.',
};

const wayNames = Object.keys(ways) as readonly AnswerRuleWay[];

AnswerRule.implement({
  description:
    'What happens to the calls of a subscriber in one time frame. The documented fields are wrong; these are seen in clients. ' +
    'Source: `object=answerrule&action=read`.',
  fields: (t) => ({
    timeFrame: t.exposeString('timeFrame', {
      nullable: false,
      description: 'The name of the time frame; `*` is the rule that holds where no other does.',
    }),
    order: t.exposeInt('order', { description: 'Its place: the smallest is tried first.' }),
    isEnabled: t.exposeBoolean('isEnabled', { description: 'Whether it is in force.' }),
    isDoNotDisturb: t.exposeBoolean('isDoNotDisturb', { description: 'Whether nothing rings.' }),
    subscriber: t.field({
      type: Subscriber,
      description:
        'Whose it is. Costs one upstream request, or one for a whole domain where three or more of it are asked for.',
      resolve: ({ domain, user }, _args, context, info) => loadSubscriber({ domain, user }, context, info),
    }),
    ...(Object.fromEntries(
      wayNames.map((way) => [
        way,
        t.field({
          type: AnswerRuleStep,
          nullable: false,
          description: ways[way],
          resolve: (rule) => rule[way],
        }),
      ]),
    ) as object),
  }),
});

/** Rules by their owner: upstream has no way to ask for those of several. */
const rulesOf = createContextCache(
  ({ netsapiens }: Context) =>
    new DataLoader<SubscriberKey, readonly AnswerRuleModel[], string>(
      (keys) => netsapiens.answerRules.getByUser(keys),
      { cacheKeyFn: ({ domain, user }) => `${domain}/${user}` },
    ),
);

const forgetRules = (context: Context): void => {
  rulesOf(context).clearAll();
  AnswerRule.getDataloader(context).clearAll();
};

builder.objectField(Subscriber, 'answerRules', (t) =>
  t.field({
    type: [AnswerRule],
    description:
      'What happens to the calls of the subscriber, in the order in which it is tried. Costs one upstream request for each ' +
      `subscriber: upstream cannot be asked for several. ${ROUND_COUNT}`,
    extensions: { reads: ['user', 'domain'] },
    resolve: async ({ domain, user }, _args, context) => [...(await rulesOf(context).load({ domain, user }))],
  }),
);

const AnswerRuleStepInput = builder.inputType('AnswerRuleStepInput', {
  description: 'One way in which an answering rule shall treat calls.',
  fields: (t) => ({
    isEnabled: t.boolean({ required: true, description: 'Whether it shall be done.' }),
    numbers: t.stringList({
      description: 'The numbers or devices it is about, each as it is dialled; as they are where absent.',
    }),
  }),
});

const settings = (t: PothosSchemaTypes.InputFieldBuilder<BuilderTypes, 'InputObject'>) => ({
  isEnabled: t.boolean({ description: 'Whether it shall be in force.' }),
  isDoNotDisturb: t.boolean({ description: 'Whether nothing shall ring.' }),
  simultaneousRing: t.field({ type: AnswerRuleStepInput, description: ways.simultaneousRing }),
  forwardAlways: t.field({ type: AnswerRuleStepInput, description: ways.forwardAlways }),
  forwardWhenBusy: t.field({ type: AnswerRuleStepInput, description: ways.forwardWhenBusy }),
  forwardWhenUnanswered: t.field({ type: AnswerRuleStepInput, description: ways.forwardWhenUnanswered }),
  forwardWhenUnregistered: t.field({ type: AnswerRuleStepInput, description: ways.forwardWhenUnregistered }),
  forwardWhenActive: t.field({ type: AnswerRuleStepInput, description: ways.forwardWhenActive }),
  rejectList: t.field({ type: AnswerRuleStepInput, description: ways.rejectList }),
  acceptList: t.field({ type: AnswerRuleStepInput, description: ways.acceptList }),
});

const CreateAnswerRuleInput = builder.inputType('CreateAnswerRuleInput', {
  description: 'A new answering rule. What is left out is off.',
  fields: (t) => ({
    subscriber: t.id({ required: true, description: 'The `id` of the Subscriber whose calls it is for.' }),
    timeFrame: t.string({
      required: true,
      description: 'The name of a time frame that the subscriber or its domain has; `*` for always.',
    }),
    ...settings(t),
  }),
});

const UpdateAnswerRuleInput = builder.inputType('UpdateAnswerRuleInput', {
  description: 'What to change of an answering rule. What is left out stays as it is; null is refused.',
  fields: (t) => ({
    answerRule: t.id({ required: true, description: 'The `id` of an AnswerRule.' }),
    ...settings(t),
  }),
});

const DeleteAnswerRuleInput = builder.inputType('DeleteAnswerRuleInput', {
  description: 'An answering rule to delete.',
  fields: (t) => ({
    answerRule: t.id({ required: true, description: 'The `id` of an AnswerRule.' }),
  }),
});

const ReorderAnswerRulesInput = builder.inputType('ReorderAnswerRulesInput', {
  description: 'The order in which the answering rules of a subscriber shall be tried.',
  fields: (t) => ({
    subscriber: t.id({ required: true, description: 'The `id` of a Subscriber.' }),
    timeFrames: t.stringList({
      required: true,
      description: 'The time frames of its rules, the first to be tried first. Others follow as they were.',
    }),
  }),
});

const toTimeFrame = (argument: string, value: string): string => {
  if (value.trim() === '' || !/^[^,\p{Cc}]{1,255}$/u.test(value) || !value.isWellFormed()) {
    throw badInput(argument, 'must be the name of a time frame: 1 to 255 characters, without commas.');
  }
  return value;
};

type Settings = Omit<typeof UpdateAnswerRuleInput.$inferInput, 'answerRule'>;

const toStep = (way: AnswerRuleWay, input: Settings) => {
  const step = notNull(way, input[way]);
  if (step === undefined) return undefined;
  return {
    isEnabled: step.isEnabled,
    numbers: isGiven(step.numbers)
      ? step.numbers.map((number, index) => dialledNumber(`${way}.numbers.${index}`, number))
      : undefined,
  };
};

const toChange = (input: Settings): AnswerRuleChange => ({
  isEnabled: notNull('isEnabled', input.isEnabled),
  isDoNotDisturb: notNull('isDoNotDisturb', input.isDoNotDisturb),
  ...Object.fromEntries(wayNames.map((way) => [way, toStep(way, input)])),
});

const COST = `A subscriber may change the own rules. Costs one upstream request and ${UNTIL_IT_SHOWS}`;

builder.mutationFields((t) => ({
  createAnswerRule: t.field({
    type: AnswerRule,
    errors: rejections,
    description: `Makes an answering rule; CONFLICT where the time frame has one. ${COST}`,
    args: {
      input: t.arg({ type: CreateAnswerRuleInput, required: true, description: 'What it shall be.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { subscriber, timeFrame, ...input } }, context) => {
      const key = {
        ...subscriberKeyOf(subscriber, 'subscriber'),
        timeFrame: toTimeFrame('timeFrame', timeFrame),
      };
      const made = await context.netsapiens.answerRules.create(key, toChange(input));
      forgetRules(context);
      return made;
    }),
  }),
  updateAnswerRule: t.field({
    type: AnswerRule,
    errors: rejections,
    description: `Changes an answering rule. ${COST}`,
    args: {
      input: t.arg({ type: UpdateAnswerRuleInput, required: true, description: 'What to change.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { answerRule, ...input } }, context) => {
      const key = toKey(keyOf('AnswerRule', answerRule, 'answerRule'));
      const wanted = toChange(input);
      refuseNoChange({ ...wanted });
      const changed = await context.netsapiens.answerRules.update(key, wanted);
      forgetRules(context);
      return changed;
    }),
  }),
  deleteAnswerRule: t.field({
    type: 'ID',
    errors: rejections,
    description: `Deletes an answering rule. ${COST}`,
    args: {
      input: t.arg({ type: DeleteAnswerRuleInput, required: true, description: 'Which one.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { answerRule } }, context) => {
      await context.netsapiens.answerRules.remove(toKey(keyOf('AnswerRule', answerRule, 'answerRule')));
      forgetRules(context);
      return answerRule;
    }),
  }),
  reorderAnswerRules: t.field({
    type: [AnswerRule],
    errors: rejections,
    description: `Puts answering rules into an order, and answers all of the subscriber's rules in theirs. ${COST}`,
    args: {
      input: t.arg({ type: ReorderAnswerRulesInput, required: true, description: 'The order.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { subscriber, timeFrames } }, context) => {
      const owner = subscriberKeyOf(subscriber, 'subscriber');
      const names = timeFrames.map((name, index) => toTimeFrame(`timeFrames.${index}`, name));
      if (names.length === 0 || new Set(names).size < names.length) {
        throw badInput('timeFrames', 'must hold at least one name, and none twice.');
      }
      const rules = await context.netsapiens.answerRules.reorder(owner, names);
      forgetRules(context);
      return [...rules];
    }),
  }),
}));
