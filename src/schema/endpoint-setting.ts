import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf } from '../global-id.ts';
import { isGiven } from '../input.ts';
import { forget } from './call-command.ts';
import { Availability, Endpoint } from './endpoint.ts';
import { change, keyArgument, rejections } from './mutation.ts';

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

const SetDoNotDisturbInput = settingInput('SetDoNotDisturbInput', 'Whether an endpoint refuses calls.');
const SetMessageWaitingInput = settingInput(
  'SetMessageWaitingInput',
  'Whether an endpoint shows that a message waits.',
);

builder.mutationFields((t) => ({
  setDoNotDisturb: t.field({
    type: Endpoint,
    description: `Makes an endpoint refuse calls, or take them again. ${SETTING_COST}`,
    errors: rejections,
    args: {
      input: t.arg({
        type: SetDoNotDisturbInput,
        required: true,
        description: 'Which endpoint, on or off.',
      }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => set('dnd', input, context)),
  }),
  setMessageWaiting: t.field({
    type: Endpoint,
    description: `Makes an endpoint show that a message waits, or show it no more. ${SETTING_COST}`,
    errors: rejections,
    args: {
      input: t.arg({
        type: SetMessageWaitingInput,
        required: true,
        description: 'Which endpoint, on or off.',
      }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => set('messageWaiting', input, context)),
  }),
}));
