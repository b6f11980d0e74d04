import { builder } from '../builder.ts';
import { keyOf } from '../global-id.ts';
import type { Participant as ParticipantModel } from '../upstream/cloudlink/participant.ts';
import { Conversation, forgetConversation } from './conversation.ts';
import { NewParticipantInput, toNewParticipant } from './new-participant.ts';
import { change, keyArgument, rejections } from './mutation.ts';
import { openEnum } from './open-enum.ts';
import { together } from './together.ts';
import { User, USERS_COST } from './user.ts';

const ParticipantType = openEnum('ParticipantType', 'What somebody in a conversation is (assumed, A-16).', {
  USER: { wire: 'USER', description: 'A user of CloudLink.' },
  CLIENT: { wire: 'CLIENT', description: 'An application.' },
  GUEST: { wire: 'GUEST', description: 'Somebody from outside.' },
  SMS: { wire: 'SMS', description: 'A telephone that is reached by text messages.' },
  WORKFLOW: { wire: 'WORKFLOW', description: 'A workflow.' },
});

const ParticipantStatus = openEnum('ParticipantStatus', 'Whether somebody is in a conversation.', {
  INVITED: { wire: 'INVITED', description: 'Was asked, and has not answered.' },
  ACCEPTED: { wire: 'ACCEPTED', description: 'Is in.' },
});

const Participant = builder.objectRef<ParticipantModel>('Participant').implement({
  description:
    'Somebody, or something, in a conversation. Source: the Chat service, `/conversations/{id}/participants`.',
  fields: (t) => ({
    participantId: t.exposeString('id', {
      nullable: false,
      description: 'What names them: the id of a user or client, an e-mail address, a telephone number.',
    }),
    type: t.field({
      type: ParticipantType.type,
      description: 'What they are.',
      resolve: ({ type }) => ParticipantType.read(type),
    }),
    typeText: t.exposeString('type', { description: 'The type in the words of CloudLink.' }),
    status: t.field({
      type: ParticipantStatus.type,
      description: 'Whether they are in already.',
      resolve: ({ status }) => ParticipantStatus.read(status),
    }),
    statusText: t.exposeString('status', { description: 'The status in the words of CloudLink.' }),
    user: t.field({
      type: User,
      description: `The user; null for anybody who is none. ${USERS_COST}`,
      resolve: ({ accountId, id, type }) =>
        accountId === null || ParticipantType.read(type) !== 'USER' ? null : `${accountId}/${id}`,
    }),
    conversation: t.field({
      type: Conversation,
      description: 'The conversation. Costs one upstream request where it was not read before.',
      resolve: ({ conversationId }) => conversationId,
    }),
  }),
});

builder.objectField(Conversation, 'participants', (t) =>
  t.field({
    type: [Participant],
    description:
      'Everybody in it. Costs nothing where CloudLink embeds them, which is assumed (A-18); otherwise, and where there are ' +
      'more than fit, one upstream request for each conversation.',
    resolve: (conversation, _args, context) =>
      conversation.participants ??
      together(context, () => context.cloudlink.conversations.participants(conversation)),
  }),
);

const AddParticipantInput = builder.inputType('AddParticipantInput', {
  description: 'Somebody to be added to a conversation.',
  fields: (t) => ({
    conversation: t.id({ required: true, description: 'The `id` of a Conversation.' }),
    participant: t.field({ type: NewParticipantInput, required: true, description: 'Who it is.' }),
  }),
});

builder.mutationField('addParticipant', (t) =>
  t.field({
    type: Participant,
    description:
      'Adds somebody to a conversation; whoever is in it already stays as they are. Costs one upstream request, sent once.',
    errors: rejections,
    args: {
      input: t.arg({ type: AddParticipantInput, required: true, description: 'Who is added, and where.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => {
      const id = keyOf('Conversation', input.conversation, 'conversation');
      const participant = toNewParticipant(input.participant, 'participant');
      const added = await context.cloudlink.conversations.addParticipant(id, participant);
      forgetConversation(id, context);
      return added;
    }),
  }),
);
