import { builder } from '../builder.ts';
import { badInput, isGiven } from '../input.ts';
import type { CallCommand, LiveCall as LiveCallModel } from '../upstream/cloudlink/live-call.ts';
import {
  CALL_DESCRIPTION,
  CommandedCall,
  control,
  COST,
  DESTINATION_DESCRIPTION,
  destinationInput,
  forget,
  isGone,
  toCallKey,
  toNumber,
} from './call-command.ts';
import { LiveCall } from './live-call.ts';
import { change, keyArgument, rejections } from './mutation.ts';

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

const ConsultCallInput = destinationInput('ConsultCallInput', 'A call, and whom to ask about it.');
const RedirectCallInput = destinationInput('RedirectCallInput', 'A ringing call, and where to send it.');

builder.mutationFields((t) => ({
  transferCall: t.field({
    type: CommandedCall,
    description: `Hands a call of CloudLink on: blindly to a number, or supervised to another call of the endpoint. \`transferActiveCall\` hands on one of the legacy platform. ${COST}`,
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
    description: `Puts a call on hold and calls somebody to ask about it; \`transferCall\` or \`conferenceCall\` may follow. ${COST}`,
    errors: rejections,
    args: {
      input: t.arg({ type: ConsultCallInput, required: true, description: 'Which call, and whom to ask.' }),
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
    description: `Sends a ringing call on to a number, unanswered. ${COST}`,
    errors: rejections,
    args: {
      input: t.arg({
        type: RedirectCallInput,
        required: true,
        description: 'Which call, and where to send it.',
      }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) =>
      control(input.call, { action: 'redirect', destination: toNumber('to', input.to) }, isGone, context),
    ),
  }),
}));
