import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf, splitKey } from '../global-id.ts';
import { badInput, isGiven, sendableText } from '../input.ts';
import type {
  CallCommand,
  Expectation,
  LiveCall as LiveCallModel,
  LiveCallKey,
} from '../upstream/cloudlink/live-call.ts';
import { callKeyOf } from './call-id.ts';
import { Availability, Endpoint } from './endpoint.ts';
import { LiveCall } from './live-call.ts';
import { change, keyArgument, rejections } from './mutation.ts';

interface CommandedModel {
  readonly endpointId: string;
  readonly call: LiveCallModel | null;
}

const CommandedCall = builder.objectRef<CommandedModel>('CommandedCall').implement({
  description: 'A call after something was done with it.',
  fields: (t) => ({
    call: t.expose('call', {
      type: LiveCall,
      description: 'The call as it is now; null where the endpoint has it no more.',
    }),
    endpoint: t.field({
      type: Endpoint,
      description: 'The endpoint that did it. Costs one upstream request.',
      resolve: ({ endpointId }) => endpointId,
    }),
  }),
});

const Consultation = builder
  .objectRef<{ readonly call: LiveCallModel | null; readonly consultation: LiveCallModel | null }>(
    'Consultation',
  )
  .implement({
    description: 'A call on hold, and the one that was placed to ask somebody.',
    fields: (t) => ({
      call: t.expose('call', { type: LiveCall, description: 'The call that waits.' }),
      consultation: t.expose('consultation', {
        type: LiveCall,
        description: 'The call to whoever is asked: what a supervised transfer leads to.',
      }),
    }),
  });

const NUMBER = /^\+?[\d*#]{1,32}$/;

/** A number as it can be dialled. */
const toNumber = (argument: string, value: string): string => {
  if (NUMBER.test(value)) return value;
  throw badInput(argument, 'must be 1 to 32 digits, `*` or `#`, with or without a `+` before them.');
};

const toCallKey = (id: string, argument = 'call'): LiveCallKey => {
  const [endpointId, pbxCallId] = splitKey(callKeyOf('LiveCall', id, argument));
  return { endpointId, pbxCallId };
};

/** Nothing that was read before holds any more. */
const forget = (context: Context): void => {
  LiveCall.getDataloader(context).clearAll();
  Endpoint.getDataloader(context).clearAll();
};

const control = async (
  id: string,
  command: CallCommand,
  isDone: Expectation,
  context: Context,
): Promise<CommandedModel> => {
  const key = toCallKey(id);
  const call = await context.cloudlink.liveCalls.control(key, command, isDone);
  forget(context);
  return { endpointId: key.endpointId, call };
};

const isIn =
  (state: string): Expectation =>
  (call) =>
    call?.state === state;
const isGone: Expectation = (call) => call === null;
/** What the call looks like afterwards is not documented: one look is enough. */
const isAnything: Expectation = () => true;

const CALL_DESCRIPTION = 'The `id` of a LiveCall.';
const DESTINATION_DESCRIPTION =
  'Whom to call: 1 to 32 digits, `*` or `#`, with or without a `+` before them.';
const COST =
  'Costs two upstream requests: the command, sent once, and a read of what became of it; a platform that is slow to act is read ' +
  'up to five times.';

const callInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({ call: t.id({ required: true, description: CALL_DESCRIPTION }) }),
  });

const destinationInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({
      call: t.id({ required: true, description: CALL_DESCRIPTION }),
      to: t.string({ required: true, description: DESTINATION_DESCRIPTION }),
    }),
  });

const LONGEST_NAME = 64;
const LONGEST_RINGING = 120;

const PlaceCallInput = builder.inputType('PlaceCallInput', {
  description: 'A call to place.',
  fields: (t) => ({
    endpoint: t.id({ required: true, description: 'The `id` of the Endpoint that calls.' }),
    to: t.string({ required: true, description: DESTINATION_DESCRIPTION }),
    from: t.string({ description: 'The number to show, where the PBX allows another one than its own.' }),
    fromName: t.string({ description: `The name to show, 1 to ${LONGEST_NAME} characters.` }),
    isRecorded: t.boolean({ description: 'Whether to record it; not where absent.' }),
    ringSeconds: t.int({
      description: `How long to let it ring, 1 to ${LONGEST_RINGING}; as long as the PBX does where absent.`,
    }),
  }),
});

const TransferTarget = builder.inputType('TransferTarget', {
  description: 'Where a call goes: blindly to a number, or supervised to somebody who was asked before.',
  isOneOf: true,
  fields: (t) => ({
    number: t.string({ description: DESTINATION_DESCRIPTION }),
    call: t.id({
      description: 'The `id` of another answered LiveCall of the same endpoint, such as a `consultation`.',
    }),
  }),
});

const TransferCallInput = builder.inputType('TransferCallInput', {
  description: 'A call to transfer.',
  fields: (t) => ({
    call: t.id({ required: true, description: CALL_DESCRIPTION }),
    to: t.field({ type: TransferTarget, required: true, description: 'Where it goes.' }),
  }),
});

const toTransfer = ({ call, to }: typeof TransferCallInput.$inferInput): CallCommand => {
  if (isGiven(to.number)) {
    return { action: 'blindTransfer', destination: toNumber('to.number', to.number) };
  }
  const other = toCallKey(to.call ?? '', 'to.call');
  const own = toCallKey(call);
  if (other.endpointId !== own.endpointId) throw badInput('to.call', 'must be a call of the same endpoint.');
  if (other.pbxCallId === own.pbxCallId) throw badInput('to.call', 'must be another call than `call`.');
  return { action: 'supervisedTransfer', callId: other.pbxCallId };
};

const MOST_DIGITS = 64;

const SendDtmfInput = builder.inputType('SendDtmfInput', {
  description: 'Tones for a call.',
  fields: (t) => ({
    call: t.id({ required: true, description: CALL_DESCRIPTION }),
    digits: t.string({
      required: true,
      description: `The tones: 1 to ${MOST_DIGITS} of \`0\` to \`9\`, \`*\`, \`#\` and \`A\` to \`D\`.`,
    }),
  }),
});

const RecordingTag = builder.inputType('RecordingTagInput', {
  description: 'A word that is kept with a recording, under a name.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'The name, 1 to 64 characters; each once.' }),
    value: t.string({ required: true, description: 'The value, 1 to 256 characters.' }),
  }),
});

const MOST_TAGS = 20;

const TagRecordingInput = builder.inputType('TagRecordingInput', {
  description: 'Words to keep with what is being recorded of a call.',
  fields: (t) => ({
    call: t.id({ required: true, description: CALL_DESCRIPTION }),
    tags: t.field({ type: [RecordingTag], required: true, description: `The words, 1 to ${MOST_TAGS}.` }),
  }),
});

/** Upstream takes the pairs as JSON in a text (facts §6.1). */
const toTags = (tags: readonly (typeof RecordingTag.$inferInput)[]): string => {
  if (tags.length < 1 || tags.length > MOST_TAGS)
    throw badInput('tags', `must hold 1 to ${MOST_TAGS} tags, not ${tags.length}.`);
  const pairs = tags.map(({ name, value }, index): [string, string] => [
    sendableText(`tags.${index}.name`, name, 64),
    sendableText(`tags.${index}.value`, value, 256),
  ]);
  const names = pairs.map(([name]) => name);
  const double = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (double >= 0) throw badInput(`tags.${double}.name`, 'is there already: each name must be there once.');
  return JSON.stringify(Object.fromEntries(pairs));
};

const NewAvailability = Availability.closed(
  'NewAvailability',
  'Whether somebody wants to be called, to be set.',
);

const settingInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({
      endpoint: t.id({ required: true, description: 'The `id` of an Endpoint.' }),
      enabled: t.boolean({ required: true, description: 'Whether to switch it on.' }),
      availability: t.field({
        type: NewAvailability,
        description:
          'The availability to set with it; the one that is set already where absent, for one more upstream request.',
      }),
    }),
  });

type SettingInput = ReturnType<typeof settingInput>['$inferInput'];

const set = async (
  action: 'dnd' | 'messageWaiting',
  { endpoint, enabled, availability }: SettingInput,
  context: Context,
) => {
  const id = keyOf('Endpoint', endpoint, 'endpoint');
  const wire = isGiven(availability) ? (Availability.write(availability) ?? undefined) : undefined;
  const changed = await context.cloudlink.endpoints.change(id, { action, enabled, availability: wire });
  forget(context);
  return changed;
};

const SETTING_COST =
  'Costs up to three upstream requests: what is set already, the change, sent once, and a read of what became of it.';

const inputs = {
  answer: callInput('AnswerCallInput', 'A call to answer.'),
  end: callInput('EndCallInput', 'A call to end.'),
  hold: callInput('HoldCallInput', 'A call to put on hold.'),
  retrieve: callInput('RetrieveCallInput', 'A call to take from hold.'),
  conference: callInput('ConferenceCallInput', 'A call to join with the other one of its endpoint.'),
  pauseRecording: callInput('PauseRecordingInput', 'A call of which nothing is to be recorded for a while.'),
  resumeRecording: callInput('ResumeRecordingInput', 'A call that is to be recorded again.'),
  consult: destinationInput('ConsultCallInput', 'A call, and whom to ask about it.'),
  redirect: destinationInput('RedirectCallInput', 'A ringing call, and where to send it.'),
  doNotDisturb: settingInput('SetDoNotDisturbInput', 'Whether an endpoint refuses calls.'),
  messageWaiting: settingInput('SetMessageWaitingInput', 'Whether an endpoint shows that a message waits.'),
};

builder.mutationFields((t) => {
  /** A command that takes a call alone. */
  const command = (
    action: 'answer' | 'end' | 'retrieve' | 'conference' | 'pauseRecording' | 'resumeRecording',
    isDone: Expectation,
    description: string,
  ) =>
    t.field({
      type: CommandedCall,
      nullable: false,
      description: `${description} ${COST}`,
      errors: rejections,
      args: {
        input: t.arg({ type: inputs[action], required: true, description: 'Which call.' }),
        ...keyArgument,
      },
      resolve: change(async ({ input }, context) => control(input.call, { action }, isDone, context)),
    });

  return {
    placeCall: t.field({
      type: LiveCall,
      nullable: false,
      description:
        'Places a call from an endpoint. The caller is connected at once, and hears it ring. Costs one upstream request, sent once.',
      errors: rejections,
      args: {
        input: t.arg({ type: PlaceCallInput, required: true, description: 'From where, and to whom.' }),
        ...keyArgument,
      },
      resolve: change(async ({ input }, context) => {
        const { from, fromName, isRecorded, ringSeconds } = input;
        if (isGiven(ringSeconds) && (ringSeconds < 1 || ringSeconds > LONGEST_RINGING))
          throw badInput('ringSeconds', `must be from 1 to ${LONGEST_RINGING}, not ${ringSeconds}.`);
        const call = await context.cloudlink.liveCalls.place(keyOf('Endpoint', input.endpoint, 'endpoint'), {
          to: toNumber('to', input.to),
          from: isGiven(from) ? toNumber('from', from) : undefined,
          fromName: isGiven(fromName) ? sendableText('fromName', fromName, LONGEST_NAME) : undefined,
          record: isRecorded ?? undefined,
          originateTimeout: ringSeconds ?? undefined,
        });
        forget(context);
        return call;
      }),
    }),
    answerCall: command('answer', isIn('connected'), 'Answers a ringing call.'),
    endCall: command('end', isGone, 'Ends a call.'),
    holdCall: t.field({
      type: CommandedCall,
      nullable: false,
      description:
        'Puts a call on hold. CloudLink describes the command as a switch that a second use turns back, so that a call that is on ' +
        'hold already is left as it is. Costs three upstream requests: a look, the command, sent once, and a read of what became of it.',
      errors: rejections,
      args: {
        input: t.arg({ type: inputs.hold, required: true, description: 'Which call.' }),
        ...keyArgument,
      },
      resolve: change(async ({ input }, context) => {
        const key = toCallKey(input.call);
        const call = await context.cloudlink.liveCalls.find(key);
        if (call?.state === 'held') return { endpointId: key.endpointId, call };
        return control(input.call, { action: 'hold' }, isIn('held'), context);
      }),
    }),
    retrieveCall: command('retrieve', isIn('connected'), 'Takes a call from hold.'),
    transferCall: t.field({
      type: CommandedCall,
      nullable: false,
      description: `Hands a call on: blindly to a number, or supervised to another call of the endpoint. ${COST}`,
      errors: rejections,
      args: {
        input: t.arg({
          type: TransferCallInput,
          required: true,
          description: 'Which call, and where it goes.',
        }),
        ...keyArgument,
      },
      resolve: change(async ({ input }, context) => control(input.call, toTransfer(input), isGone, context)),
    }),
    consultCall: t.field({
      type: Consultation,
      nullable: false,
      description: `Puts a call on hold and calls somebody to ask about it; \`transferCall\` or \`conferenceCall\` may follow. ${COST}`,
      errors: rejections,
      args: {
        input: t.arg({ type: inputs.consult, required: true, description: 'Which call, and whom to ask.' }),
        ...keyArgument,
      },
      resolve: change(async ({ input }, context) => {
        const result = await context.cloudlink.liveCalls.consult(
          toCallKey(input.call),
          toNumber('to', input.to),
        );
        forget(context);
        return result;
      }),
    }),
    redirectCall: t.field({
      type: CommandedCall,
      nullable: false,
      description: `Sends a ringing call on to a number, unanswered. ${COST}`,
      errors: rejections,
      args: {
        input: t.arg({
          type: inputs.redirect,
          required: true,
          description: 'Which call, and where to send it.',
        }),
        ...keyArgument,
      },
      resolve: change(async ({ input }, context) =>
        control(input.call, { action: 'redirect', destination: toNumber('to', input.to) }, isGone, context),
      ),
    }),
    conferenceCall: command(
      'conference',
      isIn('connected'),
      'Joins a call with the other answered call of its endpoint, so that all hear each other.',
    ),
    sendDtmf: t.field({
      type: CommandedCall,
      nullable: false,
      description: `Sends tones into an answered call. ${COST}`,
      errors: rejections,
      args: {
        input: t.arg({ type: SendDtmfInput, required: true, description: 'Which call, and which tones.' }),
        ...keyArgument,
      },
      resolve: change(async ({ input }, context) => {
        if (!/^[\dA-D*#]{1,64}$/.test(input.digits)) {
          throw badInput('digits', `must be 1 to ${MOST_DIGITS} of 0 to 9, *, # and A to D.`);
        }
        return control(input.call, { action: 'dtmf', args: input.digits }, isAnything, context);
      }),
    }),
    pauseRecording: command(
      'pauseRecording',
      isAnything,
      'Stops recording a call for a while. CloudLink does not tell whether a call is being recorded.',
    ),
    resumeRecording: command(
      'resumeRecording',
      isAnything,
      'Goes on recording a call. CloudLink does not tell whether a call is being recorded.',
    ),
    tagRecording: t.field({
      type: CommandedCall,
      nullable: false,
      description: `Keeps words with what is being recorded of a call. CloudLink takes them and shows them nowhere. ${COST}`,
      errors: rejections,
      args: {
        input: t.arg({
          type: TagRecordingInput,
          required: true,
          description: 'Which call, and which words.',
        }),
        ...keyArgument,
      },
      resolve: change(async ({ input }, context) =>
        control(input.call, { action: 'tagRecording', args: toTags(input.tags) }, isAnything, context),
      ),
    }),
    setDoNotDisturb: t.field({
      type: Endpoint,
      nullable: false,
      description: `Makes an endpoint refuse calls, or take them again. ${SETTING_COST}`,
      errors: rejections,
      args: {
        input: t.arg({
          type: inputs.doNotDisturb,
          required: true,
          description: 'Which endpoint, on or off.',
        }),
        ...keyArgument,
      },
      resolve: change(async ({ input }, context) => set('dnd', input, context)),
    }),
    setMessageWaiting: t.field({
      type: Endpoint,
      nullable: false,
      description: `Makes an endpoint show that a message waits, or show it no more. ${SETTING_COST}`,
      errors: rejections,
      args: {
        input: t.arg({
          type: inputs.messageWaiting,
          required: true,
          description: 'Which endpoint, on or off.',
        }),
        ...keyArgument,
      },
      resolve: change(async ({ input }, context) => set('messageWaiting', input, context)),
    }),
  };
});
