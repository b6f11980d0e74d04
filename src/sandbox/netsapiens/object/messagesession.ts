import type { Answer, Row } from '../answer.ts';
import { seesBelongings, type Owner } from '../belonging.ts';
import { isLike, isSame } from '../filter.ts';
import { sessionColumns, type MessageSession } from '../message-record.ts';
import { missingTarget, actionsOf, required, type Call, type PlatformObject } from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { given } from '../request.ts';
import { outOfScope, seesDomain } from '../scope.ts';
import { toTime, toUid } from '../subscriber-record.ts';
import { mayEnter, toTalkKey } from '../talk.ts';

/** The user a call is about; it is the caller where nobody is named. */
export const toTalker = ({ parameters, caller }: Call): Owner => ({
  domain: given(parameters, 'domain') ?? caller.domain,
  user: given(parameters, 'user') ?? caller.uid.slice(0, caller.uid.lastIndexOf('@')),
});

/** A user's sessions, newest first; those of a queue are their agents' too until one of them accepts. */
const read = (call: Call): Answer => {
  const { parameters, caller, state } = call;
  const owner = toTalker(call);
  if (!seesDomain(caller, state, owner.domain)) return outOfScope(call.switches, sessionColumns);
  const id = given(parameters, 'session_id');
  const queue = given(parameters, 'term_queue');
  const name = given(parameters, 'session_name');
  const isVisible = seesBelongings(call, owner);
  const sessions = [...state.sessions.values()].filter(
    (session) =>
      isVisible &&
      isSame(session.domain, owner.domain) &&
      mayEnter(state, session, owner) &&
      (id === undefined || session.sessionId === id) &&
      (queue === undefined || isSame(session.queue, queue)) &&
      (name === undefined || isLike(name, session.name)),
  );
  const sort = given(parameters, 'sort') ?? 'last_timestamp desc';
  return page(
    sessions.map((session) => toSessionRow(session, owner)),
    { ...call, columns: sessionColumns, key: 'session_id', sort },
  );
};

export const toSessionRow = (session: MessageSession, owner: Owner): Row => ({
  session_id: session.sessionId,
  domain: session.domain,
  user: owner.user,
  session_name: session.name,
  last_timestamp: toTime(session.lastAt),
  last_message: session.lastText,
  participants: session.participants.join(','),
  muted: session.mutedBy.some((uid) => isSame(uid, toUid(owner.user, owner.domain))) ? 'yes' : 'no',
  rx_hostname: 'core1.example.test',
  term_queue: session.queue,
});

type Change = (session: MessageSession, uid: string, call: Call) => MessageSession | undefined;

const without = (names: readonly string[], name: string): string[] =>
  names.filter((other) => !isSame(other, name));

/** Makes a change of one session the user may enter; undefined removes it. */
const changed =
  (change: Change) =>
  (call: Call): Answer => {
    const { parameters, state } = call;
    const owner = toTalker(call);
    const key = toTalkKey(owner.domain, required(parameters, 'session_id'));
    if (!seesBelongings(call, owner)) return outOfScope(call.switches);
    const found = state.sessions.get(key);
    if (found === undefined || !mayEnter(state, found, owner)) return missingTarget(call, 'No such session.');
    return call.write(() => {
      const session = state.sessions.get(key);
      const next = session === undefined ? undefined : change(session, toUid(owner.user, owner.domain), call);
      if (next === undefined) state.sessions.delete(key);
      else state.sessions.set(key, next);
    });
  };

const update: Change = (session, uid, { parameters }) => {
  const muted = given(parameters, 'muted');
  const others = without(session.mutedBy, uid);
  return {
    ...session,
    name: parameters.get('session_name') ?? session.name,
    participants: given(parameters, 'participants')?.split(',') ?? session.participants,
    ...(muted !== undefined && { mutedBy: muted === 'yes' ? [...others, uid] : others }),
  };
};

/** Leaving ends a session where nobody of the domain is left in it. */
const leave: Change = (session, uid) => {
  const participants = without(session.participants, uid);
  const isEmpty = session.queue === '' && !participants.some((participant) => participant.includes('@'));
  return isEmpty ? undefined : { ...session, participants };
};

/** An agent takes a session out of its queue. */
const accept: Change = (session, uid) => ({
  ...session,
  queue: '',
  participants: [...without(session.participants, uid), uid],
});

/** Gives a session to a queue. */
const dispatch: Change = (session, uid, { parameters }) => ({
  ...session,
  queue: required(parameters, 'term_queue'),
  participants: without(session.participants, uid),
});

const parameters = [
  'domain',
  'user',
  'session_id',
  'rx_hostname',
  'muted',
  'session_name',
  'participants',
  'term_queue',
];

/** Chats and threads of text messages (facts §5.8). */
export const messagesession: PlatformObject = {
  element: 'message_session',
  actions: actionsOf({
    read: {
      parameters: ['domain', 'user', 'session_id', 'term_queue', 'session_name', ...pageParameters],
      run: read,
    },
    update: { parameters, run: changed(update) },
    leave: { parameters, run: changed(leave) },
    accept: { parameters, run: changed(accept) },
    dispatch: {
      parameters,
      run: (call) => {
        required(call.parameters, 'term_queue');
        return changed(dispatch)(call);
      },
    },
    delete: { parameters, run: changed(leave) },
  }),
};
