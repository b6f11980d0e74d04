import { builder } from '../builder.ts';
import { sendableText, webAddress } from '../input.ts';
import type {
  ActionCard as ActionCardModel,
  ActionCardButton as ActionCardButtonModel,
  NewActionCard,
} from '../upstream/cloudlink/action-card.ts';
import { openEnum } from './open-enum.ts';

/** How long a text may be that somebody says. */
export const LONGEST_TEXT = 100_000;
const LONGEST_TITLE = 256;

const ActionCardButtonAction = openEnum('ActionCardButtonAction', 'What a button of an action card does.', {
  POST_MESSAGE: { wire: 'post-message', description: 'Says `payload` in the conversation.' },
  OPEN_LINK: { wire: 'open-link', description: 'Opens `targetUrl`.' },
});

const ActionCardButton = builder.objectRef<ActionCardButtonModel>('ActionCardButton').implement({
  description: 'A button of an action card.',
  fields: (t) => ({
    title: t.exposeString('title', { description: 'What is written on it.' }),
    action: t.field({
      type: ActionCardButtonAction.type,
      description: 'What it does.',
      resolve: ({ action }) => ActionCardButtonAction.read(action),
    }),
    actionText: t.exposeString('action', { description: 'The action in the words of CloudLink.' }),
    payload: t.exposeString('payload', { description: 'What it says, for POST_MESSAGE.' }),
    targetUrl: t.exposeString('targetUrl', {
      description:
        'What it opens, for OPEN_LINK. It comes from whoever sent the card: look at it before opening it.',
    }),
  }),
});

export const ActionCard = builder.objectRef<ActionCardModel>('ActionCard').implement({
  description: 'A message with buttons.',
  fields: (t) => ({
    body: t.exposeString('body', { description: 'What it says above its buttons.' }),
    bodyContentType: t.exposeString('bodyContentType', {
      description:
        'How to read `body`, such as `text/html`. HTML comes from whoever sent it, and is not cleaned.',
    }),
    headerImageUrl: t.exposeString('headerImageUrl', { description: 'Address of the picture above it.' }),
    buttons: t.expose('buttons', {
      type: [ActionCardButton],
      nullable: false,
      description: 'Its buttons, from the first to the last.',
    }),
  }),
});

const ActionCardBodyInput = builder.inputType('ActionCardBodyInput', {
  isOneOf: true,
  description: 'What an action card says above its buttons, in one of two forms.',
  fields: (t) => ({
    text: t.string({ description: 'As plain text.' }),
    html: t.string({ description: 'As HTML.' }),
  }),
});

const ActionCardButtonActionInput = builder.inputType('ActionCardButtonActionInput', {
  isOneOf: true,
  description: 'What a button does: one of these.',
  fields: (t) => ({
    postMessage: t.string({ description: 'Says this in the conversation.' }),
    openLink: t.string({ description: 'Opens this address, http or https.' }),
  }),
});

const ActionCardButtonInput = builder.inputType('ActionCardButtonInput', {
  description: 'A button of an action card.',
  fields: (t) => ({
    title: t.string({ required: true, description: 'What is written on it, up to 256 characters.' }),
    action: t.field({ type: ActionCardButtonActionInput, required: true, description: 'What it does.' }),
  }),
});

export const ActionCardInput = builder.inputType('ActionCardInput', {
  description: 'A message with buttons.',
  fields: (t) => ({
    body: t.field({
      type: ActionCardBodyInput,
      required: true,
      description: 'What it says above its buttons.',
    }),
    headerImageUrl: t.string({ description: 'Address of a picture above it, http or https.' }),
    buttons: t.field({
      type: [ActionCardButtonInput],
      required: true,
      description: 'Its buttons, from the first to the last.',
    }),
    fallbackText: t.string({ description: 'What clients show that know no action cards.' }),
  }),
});

const toAction = (
  { postMessage, openLink }: typeof ActionCardButtonActionInput.$inferInput,
  argument: string,
) =>
  typeof postMessage === 'string'
    ? { postMessage: sendableText(`${argument}.postMessage`, postMessage, LONGEST_TEXT) }
    : { openLink: webAddress(`${argument}.openLink`, openLink ?? '') };

/** A card as it may be sent; `argument` is where it stands in the input. */
export const toNewActionCard = (
  { body, headerImageUrl, buttons, fallbackText }: typeof ActionCardInput.$inferInput,
  argument: string,
): NewActionCard & { readonly fallbackText?: string | undefined } => ({
  body:
    typeof body.text === 'string'
      ? { text: sendableText(`${argument}.body.text`, body.text, LONGEST_TEXT) }
      : { html: sendableText(`${argument}.body.html`, body.html ?? '', LONGEST_TEXT) },
  headerImageUrl:
    typeof headerImageUrl === 'string' ? webAddress(`${argument}.headerImageUrl`, headerImageUrl) : undefined,
  buttons: buttons.map(({ title, action }, index) => ({
    title: sendableText(`${argument}.buttons.${index}.title`, title, LONGEST_TITLE),
    action: toAction(action, `${argument}.buttons.${index}.action`),
  })),
  fallbackText:
    typeof fallbackText === 'string'
      ? sendableText(`${argument}.fallbackText`, fallbackText, LONGEST_TEXT)
      : undefined,
});
