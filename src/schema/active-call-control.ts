import { randomUUID } from 'node:crypto';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf } from '../global-id.ts';
import { badInput, isGiven } from '../input.ts';
import type { CallVerb } from '../upstream/netsapiens/active-call.ts';
import { ActiveCall, toActiveCallKey } from './active-call.ts';
import { actingSubscriber, dialled } from './legacy-key.ts';
import { keyArgument, legacyChange, rejections } from './mutation.ts';

interface Changed {
  readonly domain: string;
  readonly originCallId: string;
  readonly slot: string | null;
}

const ActiveCallChange = builder.objectRef<Changed>('ActiveCallChange').implement({
  description: 'What was done to a call of the legacy platform.',
  fields: (t) => ({
    originCallId: t.exposeString('originCallId', {
      nullable: false,
      description: 'Id of the call on the side of its origin, which stays while it is transferred or parked.',
    }),
    slot: t.exposeString('slot', { description: 'Where the call is parked; null for all other changes.' }),
    call: t.field({
      type: ActiveCall,
      description: 'The call as it is now; null once it is over. Costs one upstream request.',
      resolve: ({ domain, originCallId }, _args, { netsapiens }) =>
        netsapiens.activeCalls.getByOrigin(domain, originCallId),
    }),
  }),
});

const OriginateCallInput = builder.inputType('OriginateCallInput', {
  description: 'Who calls whom.',
  fields: (t) => ({
    destination: t.string({ required: true, description: 'A number, an extension or a SIP address.' }),
    subscriber: t.id({ description: 'The `id` of the Subscriber who calls; the caller where absent.' }),
    origination: t.string({
      description: 'The extension or device that rings first; all devices of the subscriber where absent.',
    }),
    callerId: t.string({ description: 'The number to show, where it is not the own one.' }),
  }),
});

const call = {
  description: 'The `id` of an ActiveCall.',
  required: true,
} as const;
const subscriber = {
  description: 'The `id` of the Subscriber who does it; the caller where absent.',
} as const;

const ActiveCallInput = builder.inputType('ActiveCallInput', {
  description: 'A call that goes on, and who does something to it.',
  fields: (t) => ({ call: t.id(call), subscriber: t.id(subscriber) }),
});

const AnswerActiveCallInput = builder.inputType('AnswerActiveCallInput', {
  description: 'The call to answer.',
  fields: (t) => ({
    call: t.id(call),
    subscriber: t.id(subscriber),
    device: t.string({ description: 'The device to answer with; any where absent.' }),
  }),
});

const ActiveCallSide = builder.enumType('ActiveCallSide', {
  description: 'One of the two sides of a call.',
  values: {
    ORIGIN: { value: 'holdOrigin', description: 'The side that called.' },
    DESTINATION: { value: 'holdDestination', description: 'The side that was called.' },
  } as const,
});

const HoldActiveCallInput = builder.inputType('HoldActiveCallInput', {
  description: 'The call to hold.',
  fields: (t) => ({
    call: t.id(call),
    subscriber: t.id(subscriber),
    side: t.field({ type: ActiveCallSide, required: true, description: 'Which side is held.' }),
  }),
});

const TransferActiveCallInput = builder.inputType('TransferActiveCallInput', {
  description: 'The call to transfer, and where to.',
  fields: (t) => ({
    call: t.id(call),
    subscriber: t.id(subscriber),
    destination: t.string({ required: true, description: 'A number, an extension or a SIP address.' }),
  }),
});

const ParkActiveCallInput = builder.inputType('ParkActiveCallInput', {
  description: 'The call to park.',
  fields: (t) => ({
    call: t.id(call),
    subscriber: t.id(subscriber),
    firstSlot: t.int({ description: 'The first slot to try, 0 to 999999; the first of all where absent.' }),
  }),
});

const ActiveCallRecording = builder.enumType('ActiveCallRecording', {
  description: 'Whether a call that goes on is recorded.',
  values: {
    ON: { value: 'startRecording', description: 'It is recorded from now on, or again.' },
    PAUSED: { value: 'pauseRecording', description: 'The recording waits.' },
    OFF: { value: 'stopRecording', description: 'It is not recorded any more.' },
  } as const,
});

const RecordActiveCallInput = builder.inputType('RecordActiveCallInput', {
  description: 'The call to record, or not to.',
  fields: (t) => ({
    call: t.id(call),
    subscriber: t.id(subscriber),
    recording: t.field({ type: ActiveCallRecording, required: true, description: 'What is wanted.' }),
  }),
});

interface Control {
  readonly call: string;
  readonly subscriber?: string | null | undefined;
}

/** Does something to a call. Ids are looked at first, so that nothing is asked for with one that is refused. */
const control = async (
  verb: CallVerb,
  input: Control,
  context: Context,
  more: { readonly destination?: string; readonly prefix?: string } = {},
): Promise<Changed> => {
  const { domain, originCallId } = toActiveCallKey(keyOf('ActiveCall', input.call, 'input.call'));
  const actor = await actingSubscriber(input.subscriber, 'input.subscriber', context);
  const { slot } = await context.netsapiens.activeCalls.control(verb, {
    callId: originCallId,
    uid: `${actor.user}@${actor.domain}`,
    ...more,
  });
  return { domain, originCallId, slot };
};

const COST = 'Costs one upstream request, sent once.';

builder.mutationFields((t) => ({
  originateCall: t.field({
    type: ActiveCallChange,
    errors: rejections,
    description: `Places a call for a subscriber of the legacy platform: the own phone rings first, then the destination. \`placeCall\` does so in CloudLink. ${COST}`,
    args: {
      input: t.arg({ type: OriginateCallInput, required: true, description: 'Who calls whom.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input }, context) => {
      const destination = dialled('input.destination', input.destination);
      const origination = isGiven(input.origination)
        ? dialled('input.origination', input.origination)
        : undefined;
      const callerId = isGiven(input.callerId) ? dialled('input.callerId', input.callerId) : undefined;
      const { domain, user } = await actingSubscriber(input.subscriber, 'input.subscriber', context);
      const originCallId = randomUUID();
      await context.netsapiens.activeCalls.originate({
        callId: originCallId,
        uid: `${user}@${domain}`,
        destination,
        origination,
        callerId,
      });
      return { domain, originCallId, slot: null };
    }),
  }),
  answerActiveCall: t.field({
    type: ActiveCallChange,
    errors: rejections,
    description: `Answers a call that rings on the legacy platform; \`answerCall\` does so in CloudLink. ${COST}`,
    args: {
      input: t.arg({ type: AnswerActiveCallInput, required: true, description: 'The call.' }),
      ...keyArgument,
    },
    resolve: legacyChange(({ input }, context) =>
      control('answer', input, context, {
        ...(isGiven(input.device) && { destination: dialled('input.device', input.device) }),
      }),
    ),
  }),
  rejectActiveCall: t.field({
    type: ActiveCallChange,
    errors: rejections,
    description: `Refuses a call that rings on the legacy platform. ${COST}`,
    args: {
      input: t.arg({ type: ActiveCallInput, required: true, description: 'The call.' }),
      ...keyArgument,
    },
    resolve: legacyChange(({ input }, context) => control('reject', input, context)),
  }),
  disconnectActiveCall: t.field({
    type: ActiveCallChange,
    errors: rejections,
    description: `Ends a call of the legacy platform; \`endCall\` does so in CloudLink. ${COST}`,
    args: {
      input: t.arg({ type: ActiveCallInput, required: true, description: 'The call.' }),
      ...keyArgument,
    },
    resolve: legacyChange(({ input }, context) => control('disconnect', input, context)),
  }),
  holdActiveCall: t.field({
    type: ActiveCallChange,
    errors: rejections,
    description: `Holds one side of a call of the legacy platform; \`holdCall\` does so in CloudLink. ${COST}`,
    args: {
      input: t.arg({ type: HoldActiveCallInput, required: true, description: 'The call.' }),
      ...keyArgument,
    },
    resolve: legacyChange(({ input }, context) => control(input.side, input, context)),
  }),
  unholdActiveCall: t.field({
    type: ActiveCallChange,
    errors: rejections,
    description: `Takes a call of the legacy platform off hold; \`retrieveCall\` does so in CloudLink. ${COST}`,
    args: {
      input: t.arg({ type: ActiveCallInput, required: true, description: 'The call.' }),
      ...keyArgument,
    },
    resolve: legacyChange(({ input }, context) => control('unhold', input, context)),
  }),
  transferActiveCall: t.field({
    type: ActiveCallChange,
    errors: rejections,
    description: `Sends the other side of a call of the legacy platform to another destination, without asking there first; \`transferCall\` does so in CloudLink. ${COST}`,
    args: {
      input: t.arg({ type: TransferActiveCallInput, required: true, description: 'The call.' }),
      ...keyArgument,
    },
    resolve: legacyChange(({ input }, context) =>
      control('transfer', input, context, {
        destination: dialled('input.destination', input.destination),
      }),
    ),
  }),
  parkActiveCall: t.field({
    type: ActiveCallChange,
    errors: rejections,
    description: `Parks the other side of a call and tells the slot. ${COST}`,
    args: {
      input: t.arg({ type: ParkActiveCallInput, required: true, description: 'The call.' }),
      ...keyArgument,
    },
    resolve: legacyChange(({ input }, context) => {
      const { firstSlot } = input;
      if (isGiven(firstSlot) && (firstSlot < 0 || firstSlot > 999_999))
        throw badInput('input.firstSlot', 'must be from 0 to 999999.');
      return control('park', input, context, { ...(isGiven(firstSlot) && { prefix: String(firstSlot) }) });
    }),
  }),
  recordActiveCall: t.field({
    type: ActiveCallChange,
    errors: rejections,
    description: `Starts, pauses or stops the recording of a call. ${COST}`,
    args: {
      input: t.arg({ type: RecordActiveCallInput, required: true, description: 'The call.' }),
      ...keyArgument,
    },
    resolve: legacyChange(({ input }, context) => control(input.recording, input, context)),
  }),
}));
