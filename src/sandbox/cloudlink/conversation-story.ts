import { CLIENT } from '../company.ts';
import type { NewParticipant } from './participant.ts';
import type { Conversation, Message } from './store.ts';

type Said = Pick<Message, 'body'> & Partial<Pick<Message, 'contentType' | 'tag' | 'fallbackText'>>;

/** What makes a seeded conversation more than an ordinary one. */
export interface Story extends Partial<
  Pick<Conversation, 'name' | 'stream' | 'hidden' | 'visibility' | 'thumbnailUrl'>
> {
  /** Colleagues who have to be in it, by e-mail. */
  readonly with?: readonly string[];
  /** Whoever is in it and is no colleague. */
  readonly others?: readonly NewParticipant[];
  /** How many messages there are. */
  readonly messages?: number;
  /** What is said, over and over. */
  readonly said?: readonly Said[];
}

const card = {
  bodyContentType: 'text/html',
  headerImageUrl: 'https://pictures.example.test/parcel.png',
  body: 'Parcel <b>4711</b> has arrived. Who fetches it?',
  buttons: [
    { title: 'I do', action: 'post-message', payload: 'I fetch parcel 4711' },
    { title: 'Track & trace', action: 'open-link', targetUrl: 'https://parcels.example.test/4711?lang=en' },
  ],
};

/** What people say in a conversation without a story. */
export const smallTalk: readonly Said[] = [
  { body: 'Good morning!' },
  { body: 'Has the offer gone out?', tag: '{"sendId":"17"}' },
  { body: 'Yes, an hour ago.' },
  {
    body: '<p>Minutes are <a href="https://wiki.example.test/minutes">here</a>.</p>',
    contentType: 'text/html',
  },
  { body: 'Thanks 👍' },
  { body: 'Two things:\n1. the invoice\n2. the "other" invoice' },
  { body: 'Call me when you are free; 100 % sure & done.' },
];

const unicodeTalk: readonly Said[] = [
  { body: 'Glück & Grüße aus Köln' },
  { body: '明日の会議は十時からです。' },
  { body: 'שלום, מה שלומך?' },
  { body: '👩‍👩‍👧‍👦 e\u0301 = é, and a zero\u200bwidth blank' },
];

/** The newest conversations of the first account, newest first; sizes follow from the place in the list. */
export const stories: readonly Story[] = [
  { with: ['ben.carter@example.test'], messages: 4 },
  {
    name: 'Projekt Grüße 🚀 山田さん',
    with: ['zoe@example.test', 'taro.yamada@example.test'],
    messages: 12,
    said: unicodeTalk,
  },
  {
    name: 'Riverside Bakery',
    others: [{ type: 'SMS', participantId: '+12125550188' }],
    messages: 6,
    said: [{ body: 'Is our order ready?' }, { body: 'It is, please come by before five.' }],
  },
  {
    name: 'Post room',
    others: [{ type: 'WORKFLOW', participantId: 'parcel-arrival' }],
    messages: 1,
    said: [
      {
        contentType: 'application/vnd.mitel.action-card',
        body: JSON.stringify(card),
        fallbackText: 'Parcel 4711 has arrived. Who fetches it?',
      },
    ],
  },
  {
    name: 'Orders',
    others: [{ type: 'CLIENT', participantId: CLIENT.id }],
    messages: 5,
    said: [{ body: 'Order 1001 was paid.', tag: '{"order":1001,"source":"shop"}' }],
  },
  {
    name: 'Offer 2026/11',
    others: [{ type: 'GUEST', participantId: 'visitor@example.com' }],
    messages: 3,
  },
  {
    name: 'Everything about Support',
    stream: true,
    visibility: 'PUBLIC',
    thumbnailUrl: 'https://pictures.example.test/support.png',
    messages: 120,
  },
  { name: 'Nothing said yet', stream: true, messages: 0 },
  { hidden: true, messages: 2 },
];
