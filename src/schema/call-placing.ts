import { builder } from '../builder.ts';
import { keyOf } from '../global-id.ts';
import { badInput, isGiven, sendableText, webAddress } from '../input.ts';
import type { CallRequest } from '../upstream/cloudlink/live-call.ts';
import { DESTINATION_DESCRIPTION, forget, toCallKey, toNumber } from './call-command.ts';
import { LiveCall } from './live-call.ts';
import { change, keyArgument, rejections } from './mutation.ts';

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
    associatedCall: t.id({
      description:
        'The `id` of another LiveCall of the same endpoint, to which this one belongs (assumed: CloudLink does not say which id ' +
        'of a call it wants).',
    }),
    isBridgedOnAnswer: t.boolean({
      description:
        'Whether the two are joined once the new one is answered: with `associatedCall` only. What the PBX does is not documented.',
    }),
    successUrl: t.string({
      description:
        'Where CloudLink reports that the call was placed: an http or https URL that it can reach. What it sends is not documented.',
    }),
    failureUrl: t.string({ description: 'The same for a call that could not be placed.' }),
  }),
});

/** The other call, which the same endpoint has to have. */
const toAssociation = ({
  endpoint,
  associatedCall,
  isBridgedOnAnswer,
}: typeof PlaceCallInput.$inferInput): Pick<CallRequest, 'associatedCallId' | 'executeOnAnswer'> => {
  if (!isGiven(associatedCall)) {
    if (isBridgedOnAnswer === true) throw badInput('isBridgedOnAnswer', 'goes with `associatedCall` only.');
    return {};
  }
  const { endpointId, pbxCallId } = toCallKey(associatedCall, 'associatedCall');
  if (endpointId !== keyOf('Endpoint', endpoint, 'endpoint'))
    throw badInput('associatedCall', 'must be a call of the same endpoint.');
  return {
    associatedCallId: pbxCallId,
    executeOnAnswer: isBridgedOnAnswer === true ? 'bridge' : undefined,
  };
};

builder.mutationField('placeCall', (t) =>
  t.field({
    type: LiveCall,
    description:
      'Places a call from an endpoint of CloudLink; `originateCall` does so on the legacy platform. The caller is connected at once, and hears it ring. Costs one upstream request, sent once, ' +
      "and a read of the endpoint's calls where CloudLink answers without the call: the one to that number that began since.",
    errors: rejections,
    args: {
      input: t.arg({ type: PlaceCallInput, required: true, description: 'From where, and to whom.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => {
      const { from, fromName, isRecorded, ringSeconds, successUrl, failureUrl } = input;
      if (isGiven(ringSeconds) && (ringSeconds < 1 || ringSeconds > LONGEST_RINGING))
        throw badInput('ringSeconds', `must be from 1 to ${LONGEST_RINGING}, not ${ringSeconds}.`);
      const call = await context.cloudlink.liveCalls.place(keyOf('Endpoint', input.endpoint, 'endpoint'), {
        to: toNumber('to', input.to),
        from: isGiven(from) ? toNumber('from', from) : undefined,
        fromName: isGiven(fromName) ? sendableText('fromName', fromName, LONGEST_NAME) : undefined,
        record: isRecorded ?? undefined,
        originateTimeout: ringSeconds ?? undefined,
        successUrl: isGiven(successUrl) ? webAddress('successUrl', successUrl) : undefined,
        failureUrl: isGiven(failureUrl) ? webAddress('failureUrl', failureUrl) : undefined,
        ...toAssociation(input),
      });
      forget(context);
      return call;
    }),
  }),
);
