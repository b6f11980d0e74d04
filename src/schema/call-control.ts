import { builder } from '../builder.ts';
import { badInput } from '../input.ts';
import {
  CALL_DESCRIPTION,
  callInput,
  CommandedCall,
  commandMutation,
  control,
  COST,
  isAnything,
  isGone,
  isIn,
  toCallKey,
} from './call-command.ts';
import { change, keyArgument, rejections } from './mutation.ts';

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

const HoldCallInput = callInput('HoldCallInput', 'A call to put on hold.');

commandMutation('answerCall', {
  action: 'answer',
  isDone: isIn('connected'),
  call: 'A call to answer.',
  description: 'Answers a ringing call of CloudLink; `answerActiveCall` does so on the legacy platform.',
});

commandMutation('endCall', {
  action: 'end',
  isDone: isGone,
  call: 'A call to end.',
  description: 'Ends a call of CloudLink; `disconnectActiveCall` does so on the legacy platform.',
});

commandMutation('retrieveCall', {
  action: 'retrieve',
  isDone: isIn('connected'),
  call: 'A call to take from hold.',
  description: 'Takes a call of CloudLink from hold; `unholdActiveCall` does so on the legacy platform.',
});

commandMutation('conferenceCall', {
  action: 'conference',
  isDone: isIn('connected'),
  call: 'A call to join with the other one of its endpoint.',
  description: 'Joins a call with the other answered call of its endpoint, so that all hear each other.',
});

builder.mutationFields((t) => ({
  holdCall: t.field({
    type: CommandedCall,
    description:
      'Puts a call of CloudLink on hold; `holdActiveCall` does so on the legacy platform. CloudLink describes the command as a ' +
      'switch that a second use turns back, so that a call that is on hold already is left as it is. Costs three upstream requests: a look, the command, sent once, and a read of what became of it.',
    errors: rejections,
    args: {
      input: t.arg({ type: HoldCallInput, required: true, description: 'Which call.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => {
      const key = toCallKey(input.call);
      const call = await context.cloudlink.liveCalls.find(key);
      if (call?.state === 'held') return { endpointId: key.endpointId, call };
      return control(input.call, { action: 'hold' }, isIn('held'), context);
    }),
  }),
  sendDtmf: t.field({
    type: CommandedCall,
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
}));
