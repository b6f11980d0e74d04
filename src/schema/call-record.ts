import { createContextCache } from '@pothos/core';
import DataLoader from 'dataloader';
import { builder, orNull } from '../builder.ts';
import type { Context } from '../context.ts';
import { guidKey, keyOf, registerNode, splitKey } from '../global-id.ts';
import { badInput, isGiven, sendableText } from '../input.ts';
import type {
  CallRecord as CallRecordModel,
  CallRecordFilter as CallRecordFilterModel,
  CallRecordOrder as CallRecordOrderModel,
  CallRecordPageKey,
} from '../upstream/cloudlink/call-record.ts';
import type { Page } from '../upstream/page.ts';
import { callKeyOf } from './call-id.ts';
import { CallCause, CallDirection, CallSide } from './call-side.ts';
import { orMissing } from './missing.ts';
import { change, keyArgument, rejections } from './mutation.ts';
import { OrderDirection } from './order-direction.ts';
import { connectionOf, pageArguments, toConnection } from './pagination.ts';
import { User } from './user.ts';

registerNode('CallRecord', 'cloudlink', guidKey(1));

export const CallRecord = builder.loadableNodeRef('CallRecord', {
  id: {
    resolve: ({ id }: CallRecordModel) => id,
    description: 'Names this record towards this gateway. No LiveCall has it.',
  },
  load: async (ids: string[], { cloudlink }: Context) =>
    (await cloudlink.callRecords.getMany(ids)).map(orMissing('CloudLink has no such call record')),
});

CallRecord.implement({
  description:
    'A call that is over. A call between colleagues is told once, as it was placed. Source: the Media service, `/calls/records`.',
  fields: (t) => ({
    recordId: t.exposeString('id', { nullable: false, description: "CloudLink's own id, a GUID." }),
    from: t.expose('from', { type: CallSide, nullable: false, description: 'Who called.' }),
    to: t.expose('to', { type: CallSide, nullable: false, description: 'Who was called.' }),
    direction: t.field({
      type: CallDirection.type,
      description: 'Which way it went.',
      resolve: ({ direction }) => CallDirection.read(direction),
    }),
    directionText: t.exposeString('direction', { description: 'The direction in the words of CloudLink.' }),
    cause: t.field({
      type: CallCause.type,
      description: 'Why it went as it did.',
      resolve: ({ cause }) => CallCause.read(cause),
    }),
    causeText: t.exposeString('cause', { description: 'The cause in the words of CloudLink.' }),
    isAnswered: t.exposeBoolean('completed', { description: 'Whether somebody answered.' }),
    isMissed: t.boolean({
      description: 'Whether nobody answered: the opposite of `isAnswered`.',
      resolve: ({ completed }) => (completed === null ? null : !completed),
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began to ring.' }),
    endedAt: t.expose('endedAt', { type: 'DateTime', description: 'When it ended.' }),
    ringSeconds: t.exposeFloat('ringSeconds', { description: 'How long it rang.' }),
    talkSeconds: t.exposeFloat('talkSeconds', {
      description: 'How long was talked; 0 where nobody answered.',
    }),
  }),
});

const CallRecordConnection = connectionOf(CallRecord, { name: 'CallRecord', plural: 'call records' });

const RecordedDirection = CallDirection.closed(
  'RecordedDirection',
  'Which way calls have gone that are wanted.',
);

const timeFields = {
  from: 'The time from which on calls began.',
  to: 'The time before which calls began; after `from`.',
} as const;

const CallRecordFilter = builder.inputType('CallRecordFilter', {
  description:
    'Which call records are wanted. All that is given must hold. Filters by other fields than `user` are assumed (A-26).',
  fields: (t) => ({
    user: t.id({ description: 'The `id` of a User who was on one of the sides.' }),
    number: t.string({
      description: 'A whole number or extension on one of the sides, as CloudLink tells it.',
    }),
    direction: t.field({ type: RecordedDirection, description: 'Which way they went.' }),
    isAnswered: t.boolean({ description: 'True for answered calls only, false for missed ones only.' }),
    from: t.field({ type: 'DateTime', description: timeFields.from }),
    to: t.field({ type: 'DateTime', description: timeFields.to }),
  }),
});

const UserCallRecordFilter = builder.inputType('UserCallRecordFilter', {
  description: "Which of a user's call records are wanted. All that is given must hold (assumed, A-26).",
  fields: (t) => ({
    number: t.string({
      description: 'A whole number or extension on one of the sides, as CloudLink tells it.',
    }),
    direction: t.field({ type: RecordedDirection, description: 'Which way they went.' }),
    isAnswered: t.boolean({ description: 'True for answered calls only, false for missed ones only.' }),
    from: t.field({ type: 'DateTime', description: timeFields.from }),
    to: t.field({ type: 'DateTime', description: timeFields.to }),
  }),
});

const MOST_CHARACTERS = 64;

/** A window of time that ends after it begins. */
export const toWindow = ({
  from,
  to,
}: {
  readonly from?: Date | null | undefined;
  readonly to?: Date | null | undefined;
}) => {
  if (isGiven(from) && isGiven(to) && from >= to) throw badInput('filter.to', 'must be after `filter.from`.');
  return { from: from ?? undefined, to: to ?? undefined };
};

const toFilter = (input: typeof UserCallRecordFilter.$inferInput): CallRecordFilterModel => ({
  number: isGiven(input.number) ? sendableText('filter.number', input.number, MOST_CHARACTERS) : undefined,
  direction: isGiven(input.direction) ? (CallDirection.write(input.direction) ?? undefined) : undefined,
  answered: input.isAnswered ?? undefined,
  ...toWindow(input),
});

/** CloudLink's id of a user, from the id of a User. */
export const principalIdOf = (id: string, argument: string): string =>
  splitKey(keyOf('User', id, argument))[1];

const orderFields = {
  STARTED_AT: { wire: 'createdOn', description: 'When they began.' },
  RING_SECONDS: { wire: 'ringTime', description: 'How long they rang.' },
  TALK_SECONDS: { wire: 'billingTime', description: 'How long was talked.' },
} as const;

const CallRecordOrderField = builder.enumType('CallRecordOrderField', {
  description: 'What call records can be put in order by.',
  values: orderFields,
});

const CallRecordOrder = builder.inputType('CallRecordOrder', {
  description:
    'The order of call records (assumed: CloudLink documents `$orderby` for recordings only). A platform that does not sort ' +
    'gives UPSTREAM_PROTOCOL, never a page in another order.',
  fields: (t) => ({
    field: t.field({ type: CallRecordOrderField, required: true, description: 'By what.' }),
    direction: t.field({ type: OrderDirection, required: true, description: 'Which end first.' }),
  }),
});

const toOrder = (input: typeof CallRecordOrder.$inferInput): CallRecordOrderModel => ({
  field: orderFields[input.field].wire,
  direction: input.direction === 'ASC' ? 'asc' : 'desc',
});

/** The pages of several users: those with the same filter are read together. */
export const pagesOfUsers = createContextCache(
  ({ cloudlink }: Context) =>
    new DataLoader<CallRecordPageKey, Page<CallRecordModel>, string>(
      (keys) => cloudlink.callRecords.listMany(keys),
      { cacheKeyFn: (key) => JSON.stringify(key) },
    ),
);

builder.objectField(User, 'callRecords', (t) =>
  t.field({
    type: CallRecordConnection,
    description:
      "The user's calls that are over, newest first. Costs one upstream request for a single user. Users who are asked for with " +
      'the same filter share one for every 50 of them (A-27), which reads their 1,000 newest calls; whoever has more in a page ' +
      'than that read holds costs one more. With `from`, more than 50 users share one read of the 1,000 newest calls of the ' +
      'account since then, before those. A short time window keeps everybody inside it. ' +
      "CloudLink shows other people's calls to administrators only.",
    args: {
      filter: t.arg({ type: UserCallRecordFilter, description: 'Which calls; all of them where absent.' }),
      ...pageArguments,
    },
    resolve: ({ id }, { filter, ...args }, context) => {
      const wanted = toFilter(filter ?? {});
      return toConnection(['callRecords', id, filter ?? {}], args, (page) =>
        pagesOfUsers(context).load({ principalId: id, filter: wanted, ...page }),
      );
    },
  }),
);

builder.queryFields((t) => ({
  callRecord: t.field({
    type: CallRecord,
    description:
      'A call that is over, or null where there is none. Takes the id of a CallRecord only; see `call` for one under way. Costs ' +
      'one upstream request; several of an operation cost one for every 50 (A-26).',
    args: { id: t.arg.id({ required: true, description: 'The `id` of a CallRecord.' }) },
    resolve: (_root, { id }, context) =>
      CallRecord.getDataloader(context)
        .load(callKeyOf('CallRecord', id, 'id'))
        .catch(orNull),
  }),
  callRecords: t.field({
    type: CallRecordConnection,
    description:
      'The calls of the account that are over, newest first where no order is given: all for an administrator, their own for ' +
      'anybody else. Costs one upstream request.',
    args: {
      filter: t.arg({ type: CallRecordFilter, description: 'Which calls; all of them where absent.' }),
      orderBy: t.arg({ type: CallRecordOrder, description: 'In which order; newest first where absent.' }),
      ...pageArguments,
    },
    resolve: (_root, { filter, orderBy, ...args }, { cloudlink }) => {
      const { user, ...rest } = filter ?? {};
      const wanted = {
        ...toFilter(rest),
        ...(isGiven(user) && { principalId: principalIdOf(user, 'filter.user') }),
      };
      const order = isGiven(orderBy) ? toOrder(orderBy) : undefined;
      return toConnection(['callRecords', filter ?? {}, order], args, (page) =>
        cloudlink.callRecords.list(wanted, page, order),
      );
    },
  }),
}));

const MOST_HIDDEN = 50;

const HideCallRecordsInput = builder.inputType('HideCallRecordsInput', {
  description: 'Call records to hide.',
  fields: (t) => ({
    records: t.idList({
      required: true,
      description: `The \`id\`s of CallRecords, 1 to ${MOST_HIDDEN}: as many as go into one request.`,
    }),
  }),
});

const HiddenCallRecords = builder
  .objectRef<{ readonly hidden: readonly string[]; readonly shown: readonly string[] }>('HiddenCallRecords')
  .implement({
    description: 'What became of call records that were to be hidden.',
    fields: (t) => ({
      hiddenIds: t.idList({
        nullable: false,
        description: 'Those that are not shown any more, or never were.',
        resolve: ({ hidden }) => [...hidden],
      }),
      shownIds: t.idList({
        nullable: false,
        description: 'Those that CloudLink still shows.',
        resolve: ({ shown }) => [...shown],
      }),
    }),
  });

builder.mutationField('hideCallRecords', (t) =>
  t.field({
    type: HiddenCallRecords,
    description:
      'Hides calls from the history, for good: CloudLink has no way to delete them, nor to show them again. Costs two upstream ' +
      'requests, the change, sent once, and a read of what is still shown.',
    errors: rejections,
    args: {
      input: t.arg({ type: HideCallRecordsInput, required: true, description: 'What to hide.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => {
      const { records } = input;
      if (records.length < 1 || records.length > MOST_HIDDEN)
        throw badInput('records', `must hold 1 to ${MOST_HIDDEN} ids, not ${records.length}.`);
      const keys = records.map((id, index) => callKeyOf('CallRecord', id, `records.${index}`));
      const shown = new Set(await context.cloudlink.callRecords.hide([...new Set(keys)]));
      for (const key of keys) CallRecord.getDataloader(context).clear(key);
      return {
        hidden: records.filter((_id, index) => !shown.has(keys[index] ?? '')),
        shown: records.filter((_id, index) => shown.has(keys[index] ?? '')),
      };
    }),
  }),
);
