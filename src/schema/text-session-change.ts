import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf, splitKey } from '../global-id.ts';
import { badInput, isGiven, sendableText } from '../input.ts';
import type { TextSession as TextSessionModel, TextSessionKey } from '../upstream/netsapiens/text-session.ts';
import { notNull, refuseNoChange, UNTIL_IT_SHOWS } from './legacy-input.ts';
import { colleague, dialled } from './legacy-key.ts';
import { keyArgument, legacyChange, rejections } from './mutation.ts';
import { TextMessage, TextSession, toTextSessionKey } from './text-session.ts';

const SESSION_DESCRIPTION = 'The `id` of a TextSession, which says whose view of it this is.';
const LONGEST_NAME = 128;
const MOST_PARTICIPANTS = 50;

const UpdateTextSessionInput = builder.inputType('UpdateTextSessionInput', {
  description: 'What to change of a text thread or chat. What is left out stays as it is; null is refused.',
  fields: (t) => ({
    session: t.id({ required: true, description: SESSION_DESCRIPTION }),
    name: t.string({ description: `Name of the chat, 1 to ${LONGEST_NAME} characters.` }),
    isMuted: t.boolean({ description: 'Whether its subscriber is not told of new messages (assumed).' }),
    participants: t.stringList({
      description:
        'Everybody who is to be in it: user and domain of colleagues such as `1002@acme.12345.service`, and phone numbers of ' +
        `others; 1 to ${MOST_PARTICIPANTS}, its subscriber among them (assumed).`,
    }),
  }),
});

const sessionInput = (name: string, description: string) =>
  builder.inputType(name, {
    description,
    fields: (t) => ({ session: t.id({ required: true, description: SESSION_DESCRIPTION }) }),
  });

const LeaveTextSessionInput = sessionInput('LeaveTextSessionInput', 'A text thread or chat to leave.');
const AcceptTextSessionInput = sessionInput(
  'AcceptTextSessionInput',
  'A text thread of a queue, to be taken by its subscriber.',
);

const DispatchTextSessionInput = builder.inputType('DispatchTextSessionInput', {
  description: 'A text thread, and the queue whose agents may take it.',
  fields: (t) => ({
    session: t.id({ required: true, description: SESSION_DESCRIPTION }),
    queue: t.id({ required: true, description: 'The `id` of a CallQueue of the same domain.' }),
  }),
});

const DispatchedTextSession = builder
  .objectRef<{ readonly session: TextSessionModel | null }>('DispatchedTextSession')
  .implement({
    description: 'A text thread after it was given to a queue.',
    fields: (t) => ({
      session: t.expose('session', {
        type: TextSession,
        description: 'The thread as it is now; null where its subscriber is no agent of the queue.',
      }),
    }),
  });

const keyOfSession = (id: string): TextSessionKey => toTextSessionKey(keyOf('TextSession', id, 'session'));

/** Everybody who is to be in a session; without its subscriber it would be left, and nobody could see what became of it. */
const toParticipants = (names: readonly string[], { user, domain }: TextSessionKey): readonly string[] => {
  if (names.length < 1 || names.length > MOST_PARTICIPANTS)
    throw badInput('participants', `must hold 1 to ${MOST_PARTICIPANTS} participants, not ${names.length}.`);
  const participants = names.map((name, index) => {
    const argument = `participants.${index}`;
    const text = dialled(argument, name);
    if (/^\+?\d{3,15}$/.test(text)) return text;
    if (text.includes('@')) return colleague(argument, text);
    throw badInput(argument, 'must be a colleague, as `user@domain`, or a phone number of 3 to 15 digits.');
  });
  const own = `${user}@${domain}`;
  if (participants.some((name) => name.toLowerCase() === own.toLowerCase())) return participants;
  throw badInput('participants', 'must hold the subscriber of the session, who else uses leaveTextSession.');
};

/** The queue that an id names, in the domain of the session. */
const toQueue = (id: string, { domain }: TextSessionKey): string => {
  const [queueDomain, queue] = splitKey(keyOf('CallQueue', id, 'queue'));
  if (queueDomain.toLowerCase() === domain.toLowerCase()) return queue;
  throw badInput('queue', 'must be a queue of the domain of the session.');
};

/** What was loaded before a change is no longer true. */
const forget = (context: Context): void => {
  TextSession.getDataloader(context).clearAll();
  TextMessage.getDataloader(context).clearAll();
};

const COST = `Costs one upstream request, sent once, and ${UNTIL_IT_SHOWS}`;

builder.mutationFields((t) => ({
  updateTextSession: t.field({
    type: TextSession,
    errors: rejections,
    description: `Changes the name of a chat, who is in it, or whether its subscriber hears of it. ${COST}`,
    args: {
      input: t.arg({ type: UpdateTextSessionInput, required: true, description: 'What to change.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { session, ...input } }, context) => {
      const key = keyOfSession(session);
      const [name, participants] = [notNull('name', input.name), notNull('participants', input.participants)];
      const wanted = {
        name: isGiven(name) ? sendableText('name', name, LONGEST_NAME) : undefined,
        isMuted: notNull('isMuted', input.isMuted),
        participants: isGiven(participants) ? toParticipants(participants, key) : undefined,
      };
      refuseNoChange(wanted);
      const changed = await context.netsapiens.textSessions.update(key, wanted);
      forget(context);
      return changed;
    }),
  }),
  leaveTextSession: t.field({
    type: 'ID',
    errors: rejections,
    description: `Takes its subscriber out of a text thread or chat; the others stay. ${COST}`,
    args: {
      input: t.arg({ type: LeaveTextSessionInput, required: true, description: 'Which one.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { session } }, context) => {
      await context.netsapiens.textSessions.leave(keyOfSession(session));
      forget(context);
      return session;
    }),
  }),
  acceptTextSession: t.field({
    type: TextSession,
    errors: rejections,
    description: `Takes a text thread out of its queue, for its subscriber to answer. ${COST}`,
    args: {
      input: t.arg({ type: AcceptTextSessionInput, required: true, description: 'Which one.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { session } }, context) => {
      const accepted = await context.netsapiens.textSessions.accept(keyOfSession(session));
      forget(context);
      return accepted;
    }),
  }),
  dispatchTextSession: t.field({
    type: DispatchedTextSession,
    errors: rejections,
    description: `Gives a text thread to a queue, whose agents may then take it. ${COST}`,
    args: {
      input: t.arg({
        type: DispatchTextSessionInput,
        required: true,
        description: 'Which one, and to whom.',
      }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input: { session, queue } }, context) => {
      const key = keyOfSession(session);
      const dispatched = await context.netsapiens.textSessions.dispatch(key, toQueue(queue, key));
      forget(context);
      return { session: dispatched };
    }),
  }),
}));
