import { randomUUID } from 'node:crypto';
import { builder } from '../builder.ts';
import type { Context } from '../context.ts';
import { keyOf } from '../global-id.ts';
import { badInput, isGiven, sendableText } from '../input.ts';
import type { TextSessionKey } from '../upstream/netsapiens/text-session.ts';
import { actingSubscriber, colleague, dialled } from './legacy-key.ts';
import { keyArgument, legacyChange, rejections } from './mutation.ts';
import { TextMessage, TextSession, toTextMessageKey, toTextSessionKey } from './text-session.ts';

const SendableTextMessageType = builder.enumType('SendableTextMessageType', {
  description: 'What is sent.',
  values: {
    SMS: { value: 'sms', description: 'A text message to a phone number.' },
    MMS: { value: 'mms', description: 'The same with a file.' },
    CHAT: { value: 'private', description: 'A line to one colleague.' },
    GROUP_CHAT: { value: 'group', description: 'A line to several colleagues.' },
  } as const,
});

const TextMediaInput = builder.inputType('TextMediaInput', {
  description: 'A file that goes with a message.',
  fields: (t) => ({
    contentType: t.string({ required: true, description: 'Its type, such as `image/png`.' }),
    content: t.string({ required: true, description: 'Its content in base64, at most 500,000 bytes of it.' }),
  }),
});

const SendTextMessageInput = builder.inputType('SendTextMessageInput', {
  description: 'A message, whom it is from and whom it is for.',
  fields: (t) => ({
    type: t.field({ type: SendableTextMessageType, required: true, description: 'What is sent.' }),
    to: t.stringList({
      required: true,
      description:
        'Phone numbers, or user and domain of colleagues such as `1002@acme.12345.service`; 1 to 50.',
    }),
    text: t.string({ required: true, description: 'What it says, 1 to 5,000 characters.' }),
    fromNumber: t.string({
      description: 'The phone number it comes from: needed for SMS and MMS, and only there.',
    }),
    subscriber: t.id({ description: 'The `id` of the Subscriber who sends it; the caller where absent.' }),
    session: t.id({ description: 'The `id` of the TextSession it belongs to; a new one where absent.' }),
    media: t.field({ type: TextMediaInput, description: 'A file: needed for MMS, and only there.' }),
  }),
});

const MOST_RECIPIENTS = 50;
const LONGEST_TEXT = 5000;
const MOST_BYTES = 500_000;

type Draft = typeof SendTextMessageInput.$inferInput;

const toMedia = ({ type, media }: Draft) => {
  if (!isGiven(media)) {
    if (type === 'mms') throw badInput('input.media', 'must be given for MMS.');
    return undefined;
  }
  if (type !== 'mms') throw badInput('input.media', 'goes with MMS only.');
  const { contentType, content: base64 } = media;
  if (!/^[\w.+-]{1,64}\/[\w.+-]{1,64}$/.test(contentType))
    throw badInput('input.media.contentType', 'must be a type such as `image/png`.');
  const content = Buffer.from(base64, 'base64');
  if (content.length === 0 || content.length > MOST_BYTES || content.toString('base64') !== base64)
    throw badInput('input.media.content', `must be 1 to ${MOST_BYTES} bytes in base64.`);
  return { contentType, base64, bytes: content.length };
};

const isByNumber = ({ type }: Draft) => type === 'sms' || type === 'mms';

const toRecipients = (input: Draft): readonly string[] => {
  const { to, type } = input;
  const most = type === 'private' ? 1 : MOST_RECIPIENTS;
  if (to.length < 1 || to.length > most) throw badInput('input.to', `must hold 1 to ${most} recipients.`);
  return to.map((value, index) => {
    const argument = `input.to.${index}`;
    if (!isByNumber(input)) return colleague(argument, value);
    const text = dialled(argument, value);
    if (!/^\+?\d{3,15}$/.test(text)) throw badInput(argument, 'must be a phone number.');
    return text;
  });
};

const toFromNumber = (input: Draft): string | undefined => {
  const { fromNumber } = input;
  if (!isByNumber(input)) {
    if (isGiven(fromNumber)) throw badInput('input.fromNumber', 'goes with SMS and MMS only.');
    return undefined;
  }
  if (!/^\+?\d{3,15}$/.test(fromNumber ?? ''))
    throw badInput('input.fromNumber', 'must be a phone number for SMS and MMS.');
  return fromNumber ?? undefined;
};

/** The session that is named, which tells its subscriber, or a new one. */
const toSession = async ({ session, subscriber }: Draft, context: Context): Promise<TextSessionKey> => {
  if (!isGiven(session)) {
    const key = await actingSubscriber(subscriber, 'input.subscriber', context);
    return { ...key, sessionId: randomUUID() };
  }
  if (isGiven(subscriber)) throw badInput('input.subscriber', 'cannot be combined with `session`.');
  return toTextSessionKey(keyOf('TextSession', session, 'input.session'));
};

const DeleteTextMessageInput = builder.inputType('DeleteTextMessageInput', {
  description: 'Which message to delete.',
  fields: (t) => ({ message: t.id({ required: true, description: 'The `id` of a TextMessage.' }) }),
});

/** What was loaded before a change is no longer true. */
const forget = (context: Context): void => {
  TextSession.getDataloader(context).clearAll();
  TextMessage.getDataloader(context).clearAll();
};

builder.mutationFields((t) => ({
  sendTextMessage: t.field({
    type: TextMessage,
    errors: rejections,
    description:
      'Sends an SMS, an MMS or a line of a chat on the legacy platform. Costs one upstream request, sent once, at least one ' +
      'more to see that it shows, and one before where it goes into a session that is there already.',
    args: {
      input: t.arg({ type: SendTextMessageInput, required: true, description: 'The message.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input }, context) => {
      const checked = {
        type: input.type,
        to: toRecipients(input),
        text: sendableText('input.text', input.text, LONGEST_TEXT),
        fromNumber: toFromNumber(input),
        media: toMedia(input),
      };
      const session = await toSession(input, context);
      const sent = await context.netsapiens.textMessages.send(
        { ...checked, ...session },
        !isGiven(input.session),
      );
      forget(context);
      return sent;
    }),
  }),
  deleteTextMessage: t.field({
    type: 'ID',
    errors: rejections,
    description:
      'Hides a message from its subscriber; others still see it, and the platform keeps it for its bills. Costs one upstream ' +
      'request, sent once, and at least one more to see that it is gone.',
    args: {
      input: t.arg({ type: DeleteTextMessageInput, required: true, description: 'The message.' }),
      ...keyArgument,
    },
    resolve: legacyChange(async ({ input }, context) => {
      await context.netsapiens.textMessages.remove(
        toTextMessageKey(keyOf('TextMessage', input.message, 'input.message')),
      );
      forget(context);
      return input.message;
    }),
  }),
}));
