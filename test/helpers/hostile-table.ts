import { guid } from '../../src/sandbox/company.ts';
import { exampleOf } from './example.ts';
import { globalId } from './global-id.ts';
import type { Hint } from './hostile-walk.ts';
import { ACME } from './legacy.ts';
import type { TextArgument } from './text-argument.ts';

/** Where the fields are to be found that are not at the top. */
const entrances: Readonly<Record<string, (call: string) => string>> = {
  Account: (call) => `account { ${call} }`,
  Conversation: (call) => `conversations(first: 1) { nodes { ${call} } }`,
  Domain: (call) => `domain { ${call} }`,
  Group: (call) => `account { groups(first: 1) { nodes { ${call} } } }`,
  Person: (call) => `people(first: 1) { nodes { ${call} } }`,
  Subscriber: (call) => `subscriber(user: "1001") { ${call} }`,
  TextSession: (call) => `subscriber(user: "1001") { textSessions(first: 1) { nodes { ${call} } } }`,
  User: (call) => `users(first: 1) { nodes { ${call} } }`,
};

const card = {
  body: { text: 'x' },
  buttons: [{ title: 'x', action: { postMessage: 'x' } }],
};
const media = { content: 'eA==', contentType: 'image/png' };
const textMessage = { type: 'MMS', to: ['12125550188'], fromNumber: '12125551001', text: 'x', media };

const endpoints = [globalId('cloudlink', 'Endpoint', '1001')];
const users = [globalId('cloudlink', 'User', `${guid(1, 1)}/${guid(2, 2)}`)];
const subscriber = globalId('subscriber', 'Subscriber', `${ACME}/1001`);
const person = globalId('both', 'Person', `${guid(1, 1)}/${guid(2, 1)},${ACME}/1001`);

const contentOf = (mutation: string) => ({
  input: { ...(exampleOf(`Mutation.${mutation}`)?.['input'] as object), content: { actionCard: card } },
});

/** What goes with arguments, by the beginning of their names, where the example of the field does not go with them. */
const bases: readonly (readonly [start: string, base: () => Readonly<Record<string, unknown>>])[] = [
  ['Query.nodes(', () => ({})],
  ['Query.liveCalls(', () => ({})],
  ['Query.subscriber(login', () => ({})],
  ['Query.subscriber(uid', () => ({})],
  ['Subscription.callEvents(endpoints', () => ({ endpoints })],
  ['Subscription.callEvents(users', () => ({ users })],
  ['Subscription.callRecordAdded(domain', () => ({})],
  ['Subscription.recordingReady(domain', () => ({})],
  ['Subscription.conversationEvents(subscriber', () => ({ subscriber })],
  ['Subscription.messageEvents(subscriber', () => ({ subscriber })],
  ['Subscription.presenceEvents(domain', () => ({})],
  // One alone: what names several has them in the order of the alphabet.
  ['Subscription.endpointEvents(', () => ({ endpoints })],
  ['Subscription.presenceEvents(people', () => ({ people: [person] })],
  // Of every kind of event.
  ['Subscription.personEvents(', () => ({ person })],
  ['Mutation.sendMessage(input.content.actionCard', () => contentOf('sendMessage')],
  ['Mutation.editMessage(input.content.actionCard', () => contentOf('editMessage')],
  [
    'Mutation.sendTextMessage(input.fromNumber',
    () => ({ input: { ...textMessage, type: 'SMS', media: null } }),
  ],
  ['Mutation.sendTextMessage(input.media', () => ({ input: textMessage })],
  [
    'Mutation.updateCallQueue(',
    () => ({
      input: {
        ...(exampleOf('Mutation.updateCallQueue')?.['input'] as object),
        callQueue: globalId('subscriber', 'CallQueue', `${ACME}/800`),
      },
    }),
  ],
  [
    'Mutation.updateTextSession(input.participants',
    () => ({
      input: {
        ...(exampleOf('Mutation.updateTextSession')?.['input'] as object),
        participants: [`1002@${ACME}`, `1001@${ACME}`],
      },
    }),
  ],
];

/** Cursors are taken only as they were given out: no text of a client's own is one. */
const isCursor = ({ path }: TextArgument): boolean => path.at(-1) === 'after';

const roots: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

/** Parameters that follow from a text, or from the time, by the beginnings of the names of arguments. */
const derivations: readonly (readonly [start: string, names: readonly string[]])[] = [
  ['Mutation.sendTextMessage(input.media.content)', ['size']],
  ['Subscription.', ['expires', 'start_date', 'end_date']],
];

/** What a walk has to be told of an argument, or null where nobody has said how to get to its field. */
export const hintOf = (argument: TextArgument): Hint | null => {
  const { name, parent } = argument;
  const base = bases.find(([start]) => name.startsWith(start))?.[1]();
  const around = entrances[parent];
  if (around === undefined && !roots.has(parent)) return null;
  const derived = derivations.find(([start]) => name.startsWith(start))?.[1];
  return {
    isOpaque: isCursor(argument),
    ...(base && { base }),
    ...(around && { around }),
    ...(derived && { derived }),
  };
};
