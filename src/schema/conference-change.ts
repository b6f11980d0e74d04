import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf } from '../global-id.ts';
import { badInput, isGiven, sendableText } from '../input.ts';
import type { ConferenceAction, NewConference } from '../upstream/cloudlink/conference.ts';
import { principalIdOf } from './call-record.ts';
import { Conference, ConferenceType, LobbyPolicy } from './conference.ts';
import { change, keyArgument, rejections } from './mutation.ts';

const NewType = ConferenceType.closed('NewConferenceType', 'Who may come to a conference, to be set.');
const NewLobbyPolicy = LobbyPolicy.closed('NewLobbyPolicy', 'Who has to wait to be let in, to be set.');

const LONGEST_NAME = 256;
const MOST_PARTICIPANTS = 100;
const NAME_DESCRIPTION = `Its name, 1 to ${LONGEST_NAME} characters.`;
const ID_DESCRIPTION = 'The `id` of a Conference.';
const COST = 'Costs two upstream requests: the change, sent once, and a read of what became of it.';

const CreateConferenceInput = builder.inputType('CreateConferenceInput', {
  description: 'A new conference. What is left out, or null, is left to CloudLink.',
  fields: (t) => ({
    name: t.string({ description: NAME_DESCRIPTION }),
    conferenceType: t.field({ type: NewType, description: 'Who may come; everybody where absent.' }),
    lobbyPolicy: t.field({ type: NewLobbyPolicy, description: 'Who has to wait; guests where absent.' }),
    accessCodeLength: t.int({ description: 'How many digits its code has, 1 to 99; 9 where absent.' }),
    expiresAt: t.field({ type: 'DateTime', description: 'When nobody can come any more.' }),
    participants: t.idList({
      description: `The \`id\`s of Users to ask to come, at most ${MOST_PARTICIPANTS}.`,
    }),
  }),
});

const toNewConference = (input: typeof CreateConferenceInput.$inferInput): NewConference => {
  const { name, conferenceType, lobbyPolicy, accessCodeLength, expiresAt, participants } = input;
  if (isGiven(accessCodeLength) && (accessCodeLength < 1 || accessCodeLength > 99))
    throw badInput('accessCodeLength', `must be from 1 to 99, not ${accessCodeLength}.`);
  if (isGiven(participants) && participants.length > MOST_PARTICIPANTS)
    throw badInput('participants', `must hold at most ${MOST_PARTICIPANTS} ids, not ${participants.length}.`);
  return {
    name: isGiven(name) ? sendableText('name', name, LONGEST_NAME) : undefined,
    type: isGiven(conferenceType) ? (ConferenceType.write(conferenceType) ?? undefined) : undefined,
    lobbyPolicy: isGiven(lobbyPolicy) ? (LobbyPolicy.write(lobbyPolicy) ?? undefined) : undefined,
    accessCodeLength: accessCodeLength ?? undefined,
    expiryDateTime: expiresAt?.toISOString(),
    participants: participants?.map((id, index) => ({
      participantId: principalIdOf(id, `participants.${index}`),
    })),
  };
};

const UpdateConferenceInput = builder.inputType('UpdateConferenceInput', {
  description:
    'What to change of a conference, one of the two at least. What is left out, or null, stays as it is.',
  fields: (t) => ({
    conference: t.id({ required: true, description: ID_DESCRIPTION }),
    name: t.string({ description: NAME_DESCRIPTION }),
    lobbyPolicy: t.field({ type: NewLobbyPolicy, description: 'Who has to wait.' }),
  }),
});

const recordingActions = {
  START: { wire: 'record', description: 'Begins to record.' },
  STOP: { wire: 'stop-record', description: 'Stops recording.' },
  PAUSE: { wire: 'pause-record', description: 'Stops recording for a while.' },
  RESUME: { wire: 'resume-record', description: 'Goes on recording.' },
} as const;

const RecordingAction = builder.enumType('ConferenceRecordingAction', {
  description: 'What to do with the recording of a conference.',
  values: recordingActions,
});

const conferenceInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({ conference: t.id({ required: true, description: ID_DESCRIPTION }) }),
  });

const EndConferenceInput = conferenceInput('EndConferenceInput', 'A conference to end.');
const DeleteConferenceInput = conferenceInput('DeleteConferenceInput', 'A conference to delete.');

const RecordConferenceInput = builder.inputType('RecordConferenceInput', {
  description: 'A conference, and what to do with its recording.',
  fields: (t) => ({
    conference: t.id({ required: true, description: ID_DESCRIPTION }),
    action: t.field({ type: RecordingAction, required: true, description: 'What to do.' }),
  }),
});

const act = async (id: string, action: ConferenceAction, context: Context) => {
  const key = keyOf('Conference', id, 'conference');
  Conference.getDataloader(context).clear(key);
  return context.cloudlink.conferences.act(key, action);
};

builder.mutationFields((t) => ({
  createConference: t.field({
    type: Conference,
    description: 'Makes a conference, with the caller as its owner. Costs one upstream request, sent once.',
    errors: rejections,
    args: {
      input: t.arg({ type: CreateConferenceInput, required: true, description: 'What to make.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, { cloudlink }) => cloudlink.conferences.create(toNewConference(input))),
  }),
  updateConference: t.field({
    type: Conference,
    description: `Changes a conference. ${COST}`,
    errors: rejections,
    args: {
      input: t.arg({
        type: UpdateConferenceInput,
        required: true,
        description: 'Which, and what to change.',
      }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => {
      const { name, lobbyPolicy } = input;
      const key = keyOf('Conference', input.conference, 'conference');
      if (!isGiven(name) && !isGiven(lobbyPolicy)) throw badInput('name', 'or `lobbyPolicy` must be given.');
      Conference.getDataloader(context).clear(key);
      return context.cloudlink.conferences.update(key, {
        name: isGiven(name) ? sendableText('name', name, LONGEST_NAME) : undefined,
        lobbyPolicy: isGiven(lobbyPolicy) ? (LobbyPolicy.write(lobbyPolicy) ?? undefined) : undefined,
      });
    }),
  }),
  endConference: t.field({
    type: Conference,
    description: `Ends a conference that is going on, for everybody; it stays, and can be held again. ${COST}`,
    errors: rejections,
    args: {
      input: t.arg({ type: EndConferenceInput, required: true, description: 'Which conference.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => act(input.conference, 'end', context)),
  }),
  recordConference: t.field({
    type: Conference,
    description: `Begins, stops or interrupts the recording of a conference that is going on. CloudLink does not show which. ${COST}`,
    errors: rejections,
    args: {
      input: t.arg({ type: RecordConferenceInput, required: true, description: 'Which, and what to do.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) =>
      act(input.conference, recordingActions[input.action].wire, context),
    ),
  }),
  deleteConference: t.field({
    type: 'ID',
    description: 'Deletes a conference, for everybody. Costs one upstream request, sent once.',
    errors: rejections,
    args: {
      input: t.arg({ type: DeleteConferenceInput, required: true, description: 'Which conference.' }),
      ...keyArgument,
    },
    resolve: change(async ({ input }, context) => {
      const key = keyOf('Conference', input.conference, 'conference');
      Conference.getDataloader(context).clear(key);
      await context.cloudlink.conferences.remove(key);
      return input.conference;
    }),
  }),
}));
