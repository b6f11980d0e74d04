import { builder, type InputFields } from '../builder.ts';
import { keyOf } from '../global-id.ts';
import { badInput, isGiven, legacyName } from '../input.ts';
import type { CallQueueChange } from '../upstream/netsapiens/call-queue-change.ts';
import { CallQueue, CallQueueStrategy, forgetQueues, toQueueKey } from './call-queue.ts';
import { domainNameOf } from './domain.ts';
import { notNull, optionalCount, optionalText, refuseNoChange, UNTIL_IT_SHOWS } from './legacy-input.ts';
import { keyArgument, legacyChange, rejections } from './mutation.ts';

const NewStrategy = CallQueueStrategy.closed('NewCallQueueStrategy', 'Whom a call queue rings, to be set.');

/** What can be set of a queue, be it a new one or not. */
const settingsOf = (t: InputFields) => ({
  description: t.string({ description: 'What it is called; cannot be taken away.' }),
  defaultExtension: t.string({ description: 'Where calls go when nobody takes them.' }),
  connectTo: t.string({ description: 'Where calls are connected to.' }),
  maxMinutes: t.int({ description: 'How long a call may stay, in minutes.' }),
  waitLimitSeconds: t.int({ description: 'How long a caller waits, in seconds.' }),
  lengthLimit: t.int({ description: 'How many callers may wait.' }),
  callbackMaxHours: t.int({
    description: 'For how many hours a caller may ask to be called back.',
  }),
  requiresAgent: t.boolean({
    description: 'Whether calls are taken only while an agent is logged in.',
  }),
  keepsStatistics: t.boolean({ description: 'Whether its calls are counted.' }),
  logsOutAutomatically: t.boolean({ description: 'Whether agents who do not answer are logged out.' }),
});

const CreateCallQueueInput = builder.inputType('CreateCallQueueInput', {
  description: 'A new call queue. What is left out is left to the platform.',
  fields: (t) => ({
    domain: t.string({ description: "Name of a domain; the caller's own where absent." }),
    name: t.string({ required: true, description: 'Its extension, such as `805`.' }),
    strategy: t.field({ type: NewStrategy, required: true, description: 'Whom it rings.' }),
    ...settingsOf(t),
  }),
});

const UpdateCallQueueInput = builder.inputType('UpdateCallQueueInput', {
  description:
    'What to change of a call queue. What is left out stays as it is; null takes a text away, and nothing else.',
  fields: (t) => ({
    callQueue: t.id({ required: true, description: 'The `id` of a CallQueue.' }),
    strategy: t.field({ type: NewStrategy, description: 'Whom it rings.' }),
    ...settingsOf(t),
  }),
});

const DeleteCallQueueInput = builder.inputType('DeleteCallQueueInput', {
  description: 'A call queue to delete.',
  fields: (t) => ({ callQueue: t.id({ required: true, description: 'The `id` of a CallQueue.' }) }),
});

/** What a queue is dialled by. It becomes a part of an id, where a slash would end it. */
const extension = (argument: string, value: string): string => {
  if (/^[\w.-]{1,64}$/.test(value)) return value;
  throw badInput(argument, 'must be an extension: 1 to 64 letters, digits, dots, dashes or underscores.');
};

const toChange = (input: Omit<typeof UpdateCallQueueInput.$inferInput, 'callQueue'>): CallQueueChange => {
  const strategy = notNull('strategy', input.strategy);
  const { defaultExtension } = input;
  return {
    strategy: isGiven(strategy) ? (CallQueueStrategy.write(strategy) ?? undefined) : undefined,
    description: optionalText('description', notNull('description', input.description)),
    defaultUser: isGiven(defaultExtension)
      ? legacyName('defaultExtension', defaultExtension)
      : optionalText('defaultExtension', defaultExtension),
    connectTo: optionalText('connectTo', input.connectTo),
    maxMinutes: optionalCount('maxMinutes', input.maxMinutes),
    waitLimitSeconds: optionalCount('waitLimitSeconds', input.waitLimitSeconds),
    lengthLimit: optionalCount('lengthLimit', input.lengthLimit),
    callbackMaxHours: optionalCount('callbackMaxHours', input.callbackMaxHours),
    requiresAgent: notNull('requiresAgent', input.requiresAgent),
    keepsStatistics: notNull('keepsStatistics', input.keepsStatistics),
    logsOutAutomatically: notNull('logsOutAutomatically', input.logsOutAutomatically),
  };
};

const keyOfQueue = (id: string) => toQueueKey(keyOf('CallQueue', id, 'callQueue'));

builder.mutationFields((t) => ({
  createCallQueue: t.field({
    type: CallQueue,
    errors: rejections,
    description:
      'Makes a call queue, or a place to park calls; CONFLICT where its extension is one already. For office ' +
      `managers and above. Costs one upstream request, sent once, and ${UNTIL_IT_SHOWS}`,
    args: {
      input: t.arg({ type: CreateCallQueueInput, required: true, description: 'What it shall be.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { domain, name, ...input } }, context) => {
      const queue = extension('name', name);
      const wanted = toChange(input);
      const key = { domain: await domainNameOf(domain, context), queue };
      const made = await context.netsapiens.callQueueChanges.create(key, wanted);
      forgetQueues(context);
      return made;
    }),
  }),
  updateCallQueue: t.field({
    type: CallQueue,
    errors: rejections,
    description:
      'Changes a call queue. Its strategy has to be sent along, so that it is read before where it is to stay. For office ' +
      `managers and above. Costs one upstream request, sent once, one more without \`strategy\`, and ${UNTIL_IT_SHOWS}`,
    args: {
      input: t.arg({ type: UpdateCallQueueInput, required: true, description: 'What to change.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { callQueue, ...input } }, context) => {
      const key = keyOfQueue(callQueue);
      const wanted = toChange(input);
      refuseNoChange({ ...wanted });
      const changed = await context.netsapiens.callQueueChanges.update(key, wanted);
      forgetQueues(context);
      return changed;
    }),
  }),
  deleteCallQueue: t.field({
    type: 'ID',
    errors: rejections,
    description:
      'Deletes a call queue, and with it what its agents are in it. For office managers and above. Costs one upstream request, ' +
      `sent once, and ${UNTIL_IT_SHOWS}`,
    args: {
      input: t.arg({ type: DeleteCallQueueInput, required: true, description: 'Which one.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { callQueue } }, context) => {
      await context.netsapiens.callQueueChanges.remove(keyOfQueue(callQueue));
      forgetQueues(context);
      return callQueue;
    }),
  }),
}));
