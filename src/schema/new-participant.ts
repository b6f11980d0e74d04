import { builder } from '../builder.ts';
import { sendableText } from '../input.ts';

/** What a new participant is; CloudLink takes no other. */
const NewParticipantType = builder.enumType('NewParticipantType', {
  description: 'What somebody to be added to a conversation is (assumed, A-16).',
  values: {
    USER: { description: 'A user of the account, by `User.userId`.' },
    CLIENT: { description: 'An application of the account, by `Client.clientId`.' },
    GUEST: { description: 'Somebody from outside, by e-mail address; is invited first.' },
    SMS: { description: 'A telephone, by its number such as `+12125550188`.' },
    WORKFLOW: { description: 'A workflow, by its id.' },
  } as const,
});

export const NewParticipantInput = builder.inputType('NewParticipantInput', {
  description: 'Somebody to be added to a conversation.',
  fields: (t) => ({
    type: t.field({ type: NewParticipantType, required: true, description: 'What they are.' }),
    participantId: t.string({
      required: true,
      description: 'What names them; see NewParticipantType for what that is.',
    }),
  }),
});

/** The longest name or id that is taken. */
export const MOST_CHARACTERS = 256;

/** A new participant as it may be sent; `argument` is where it stands in the input. */
export const toNewParticipant = (
  { type, participantId }: typeof NewParticipantInput.$inferInput,
  argument: string,
) => ({ type, participantId: sendableText(`${argument}.participantId`, participantId, MOST_CHARACTERS) });
