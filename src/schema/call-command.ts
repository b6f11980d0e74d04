import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { splitKey } from '../global-id.ts';
import { badInput } from '../input.ts';
import type {
  BareAction,
  CallCommand,
  Expectation,
  LiveCall as LiveCallModel,
  LiveCallKey,
} from '../upstream/cloudlink/live-call.ts';
import { callKeyOf } from './call-id.ts';
import { Endpoint } from './endpoint.ts';
import { LiveCall } from './live-call.ts';
import { change, keyArgument, rejections } from './mutation.ts';

interface CommandedModel {
  readonly endpointId: string;
  readonly call: LiveCallModel | null;
}

export const CommandedCall = builder.objectRef<CommandedModel>('CommandedCall').implement({
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

const NUMBER = /^\+?[\d*#]{1,32}$/;

/** A number as it can be dialled. */
export const toNumber = (argument: string, value: string): string => {
  if (NUMBER.test(value)) return value;
  throw badInput(argument, 'must be 1 to 32 digits, `*` or `#`, with or without a `+` before them.');
};

export const toCallKey = (id: string, argument = 'call'): LiveCallKey => {
  const [endpointId, pbxCallId] = splitKey(callKeyOf('LiveCall', id, argument));
  return { endpointId, pbxCallId };
};

/** Nothing that was read before holds any more. */
export const forget = (context: Context): void => {
  LiveCall.getDataloader(context).clearAll();
  Endpoint.getDataloader(context).clearAll();
};

export const control = async (
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

export const isIn =
  (state: string): Expectation =>
  (call) =>
    call?.state === state;
export const isGone: Expectation = (call) => call === null;
/** What the call looks like afterwards is not documented: one look is enough. */
export const isAnything: Expectation = () => true;

export const CALL_DESCRIPTION = 'The `id` of a LiveCall.';
export const DESTINATION_DESCRIPTION =
  'Whom to call: 1 to 32 digits, `*` or `#`, with or without a `+` before them.';
export const COST =
  'Costs two upstream requests: the command, sent once, and a read of what became of it; a platform that is slow to act is read ' +
  'up to five times.';

export const destinationInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({
      call: t.id({ required: true, description: CALL_DESCRIPTION }),
      to: t.string({ required: true, description: DESTINATION_DESCRIPTION }),
    }),
  });

interface BareCommand {
  readonly action: BareAction;
  readonly isDone: Expectation;
  /** What the call of the input is. */
  readonly call: string;
  readonly description: string;
}

/** The input of a command that takes a call alone. */
export const callInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({ call: t.id({ required: true, description: CALL_DESCRIPTION }) }),
  });

/** A mutation that takes a call alone. */
export const commandMutation = (name: string, { action, isDone, call, description }: BareCommand): void => {
  const type = callInput(`${name.charAt(0).toUpperCase()}${name.slice(1)}Input`, call);
  builder.mutationField(name, (t) =>
    t.field({
      type: CommandedCall,
      description: `${description} ${COST}`,
      errors: rejections,
      args: { input: t.arg({ type, required: true, description: 'Which call.' }), ...keyArgument },
      resolve: change(async ({ input }, context) => control(input.call, { action }, isDone, context)),
    }),
  );
};
