import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf } from '../global-id.ts';
import type {
  ConferenceParticipant as ParticipantModel,
  ParticipantKey,
} from '../upstream/cloudlink/conference-participant.ts';
import { principalIdOf } from './call-record.ts';
import { Conference, ConferenceParticipant, toParticipantKey } from './conference.ts';
import { change, keyArgument, rejections } from './mutation.ts';

type ConferenceParticipants = Context['cloudlink']['conferenceParticipants'];

const COST = 'Costs two upstream requests: the change, sent once, and a read of what became of it.';

const PARTICIPANT_DESCRIPTION = 'The `id` of a ConferenceParticipant.';

const MuteParticipantInput = builder.inputType('MuteConferenceParticipantInput', {
  description: 'A participant, and whether they are to be heard.',
  fields: (t) => ({
    participant: t.id({ required: true, description: PARTICIPANT_DESCRIPTION }),
    isMuted: t.boolean({ required: true, description: 'Whether nobody is to hear them.' }),
  }),
});

const participantInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({ participant: t.id({ required: true, description: PARTICIPANT_DESCRIPTION }) }),
  });

const LeaveConferenceInput = participantInput('LeaveConferenceInput', 'A participant who is to leave.');
const ConnectParticipantInput = participantInput(
  'ConnectConferenceParticipantInput',
  'A participant who is to be brought in.',
);
const RemoveParticipantInput = participantInput(
  'RemoveConferenceParticipantInput',
  'A participant who is not to take part any more.',
);

const InviteParticipantInput = builder.inputType('InviteConferenceParticipantInput', {
  description: 'A conference, and whom to ask to come.',
  fields: (t) => ({
    conference: t.id({ required: true, description: 'The `id` of a Conference.' }),
    user: t.id({ required: true, description: 'The `id` of a User.' }),
  }),
});

/** Nothing that was read before holds any more. */
const forget = (context: Context): void => {
  Conference.getDataloader(context).clearAll();
  ConferenceParticipant.getDataloader(context).clearAll();
};

const changeParticipant = async (
  id: string,
  send: (key: ParticipantKey, participants: ConferenceParticipants) => Promise<ParticipantModel | null>,
  context: Context,
) => {
  const key = keyOf('ConferenceParticipant', id, 'participant');
  const participant = await send(toParticipantKey(key), context.cloudlink.conferenceParticipants);
  forget(context);
  return { participant };
};

const ParticipantChange = builder
  .objectRef<Awaited<ReturnType<typeof changeParticipant>>>('ConferenceParticipantChange')
  .implement({
    description: 'A participant after a change.',
    fields: (t) => ({
      participant: t.expose('participant', {
        type: ConferenceParticipant,
        description: 'The participant as they are now; null where the conference has them no more.',
      }),
    }),
  });

builder.mutationFields((t) => ({
  inviteConferenceParticipant: t.field({
    type: ParticipantChange,
    description:
      'Asks somebody to come to a conference (the body is assumed: CloudLink documents the route alone). Costs one upstream ' +
      'request, sent once, and a second where its answer does not hold the participant.',
    errors: rejections,
    args: {
      input: t.arg({ type: InviteParticipantInput, required: true, description: 'Whom, and to what.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => {
      const conferenceId = keyOf('Conference', input.conference, 'conference');
      const participantId = principalIdOf(input.user, 'user');
      const key = { conferenceId, participantId };
      const participant = await context.cloudlink.conferenceParticipants.invite(key);
      forget(context);
      return { participant };
    }),
  }),
  connectConferenceParticipant: t.field({
    type: ParticipantChange,
    description: `Brings a participant into a conference (assumed: CloudLink documents the route of connections alone). ${COST}`,
    errors: rejections,
    args: {
      input: t.arg({ type: ConnectParticipantInput, required: true, description: 'Whom.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) =>
      changeParticipant(input.participant, (key, all) => all.connect(key), context),
    ),
  }),
  muteConferenceParticipant: t.field({
    type: ParticipantChange,
    description: `Mutes a participant, or lets them be heard again. ${COST}`,
    errors: rejections,
    args: {
      input: t.arg({ type: MuteParticipantInput, required: true, description: 'Whom, and whether.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) =>
      changeParticipant(input.participant, (key, all) => all.change(key, { muted: input.isMuted }), context),
    ),
  }),
  leaveConference: t.field({
    type: ParticipantChange,
    description: `Makes a participant leave a conference that is going on. ${COST}`,
    errors: rejections,
    args: {
      input: t.arg({ type: LeaveConferenceInput, required: true, description: 'Who.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) =>
      changeParticipant(input.participant, (key, all) => all.change(key, { action: 'leave' }), context),
    ),
  }),
  removeConferenceParticipant: t.field({
    type: 'ID',
    description: 'Takes a participant off a conference, in it or not. Costs one upstream request, sent once.',
    errors: rejections,
    args: {
      input: t.arg({ type: RemoveParticipantInput, required: true, description: 'Whom.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => {
      const key = keyOf('ConferenceParticipant', input.participant, 'participant');
      await context.cloudlink.conferenceParticipants.remove(toParticipantKey(key));
      forget(context);
      return input.participant;
    }),
  }),
}));
