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

const contentOf = (mutation: string) => ({
  input: { ...(exampleOf(`Mutation.${mutation}`)?.['input'] as object), content: { actionCard: card } },
});

/** What goes with arguments, by the beginning of their names, where the example of the field does not go with them. */
const bases: readonly (readonly [start: string, base: () => Readonly<Record<string, unknown>>])[] = [
  ['Query.nodes(', () => ({})],
  ['Query.liveCalls(', () => ({})],
  ['Query.subscriber(login', () => ({})],
  ['Query.subscriber(uid', () => ({})],
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

/** What a walk has to be told of an argument, or null where nobody has said how to get to its field. */
export const hintOf = ({ name, parent }: TextArgument): Hint | null => {
  const base = bases.find(([start]) => name.startsWith(start))?.[1]();
  const around = entrances[parent];
  if (around === undefined && parent !== 'Query' && parent !== 'Mutation') return null;
  const derived = name === 'Mutation.sendTextMessage(input.media.content)' ? 'size' : undefined;
  return { ...(base && { base }), ...(around && { around }), ...(derived && { derived }) };
};

/** Cursors are taken only as they were given out: no text of a client's own is one. */
export const isCursor = ({ path }: TextArgument): boolean => path.at(-1) === 'after';
