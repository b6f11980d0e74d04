import { randomUUID } from 'node:crypto';
import type { Answer } from '../answer.ts';
import { seesBelongings } from '../belonging.ts';
import { isSame } from '../filter.ts';
import type { Message } from '../message-record.ts';
import { missingTarget, required, type Call } from '../operation.ts';
import { Refusal } from '../refusal.ts';
import { given } from '../request.ts';
import { outOfScope } from '../scope.ts';
import { toUid } from '../subscriber-record.ts';
import { addMessage, isParticipant, mayEnter, toTalkKey } from '../talk.ts';
import { toTalker } from './messagesession.ts';

export const createParameters: readonly string[] = [
  'domain',
  'user',
  'session_id',
  'from_num',
  'destination',
  'message',
  'type',
  'upload_id',
  'mime_type',
  'size',
  'data',
];

const byNumber = new Set(['sms', 'mms']);
const types = new Set([
  ...byNumber,
  'private',
  'group',
  'chat-name-change',
  'chat-participant-remove',
  'chat-video-invite',
]);

/** Sends a message in a session of the sender's choosing, which begins with it where it is new. */
export const createMessage = (call: Call): Answer => {
  const { parameters, state } = call;
  const owner = toTalker(call);
  const sessionId = required(parameters, 'session_id');
  const destination = required(parameters, 'destination');
  const text = required(parameters, 'message');
  const type = given(parameters, 'type') ?? (given(parameters, 'from_num') === undefined ? 'private' : 'sms');
  if (!types.has(type)) throw new Refusal(400, 'Invalid parameter: type');
  const fromNumber = byNumber.has(type) ? required(parameters, 'from_num') : '';
  if (!seesBelongings(call, owner)) return outOfScope(call.switches);
  const uid = toUid(owner.user, owner.domain);
  if (fromNumber !== '' && !isOwnNumber(call, fromNumber)) return outOfScope(call.switches);
  const session = state.sessions.get(toTalkKey(owner.domain, sessionId));
  if (session !== undefined && !mayEnter(state, session, owner)) return outOfScope(call.switches);

  const content = Buffer.from(given(parameters, 'data') ?? '', 'base64');
  const message: Message = {
    id: randomUUID(),
    sessionId,
    domain: owner.domain,
    sentAt: Math.floor(call.now / 1000) * 1000,
    type,
    fromUid: uid,
    fromNumber,
    destination,
    text,
    hiddenFrom: [],
    ...(content.length > 0 && {
      media: { type: given(parameters, 'mime_type') ?? 'application/octet-stream', content },
    }),
  };
  return call.write(() => {
    addMessage(state, message, [uid, ...destination.split(',')]);
    changeSession(call, message);
  });
};

/** Two types of message do what they say to their session. */
const changeSession = ({ state }: Call, { domain, sessionId, type, text, destination }: Message): void => {
  const key = toTalkKey(domain, sessionId);
  const session = state.sessions.get(key);
  if (session === undefined) return;
  if (type === 'chat-name-change') state.sessions.set(key, { ...session, name: text });
  if (type === 'chat-participant-remove') {
    const participants = session.participants.filter((participant) => !isSame(participant, destination));
    state.sessions.set(key, { ...session, participants });
  }
};

/** A number is sent from by whose it is: a user, or the agents of a queue. */
const isOwnNumber = (call: Call, number: string): boolean => {
  const { state } = call;
  const owner = toTalker(call);
  const found = state.smsNumbers.get(number.replace(/^\+/, ''));
  if (found === undefined || !isSame(found.domain, owner.domain)) return false;
  return (
    isSame(found.dest, owner.user) ||
    [...state.agents.values()].some(
      (agent) =>
        isSame(agent.huntgroup_name, found.dest) &&
        isSame(agent.owner_user, owner.user) &&
        isSame(agent.owner_domain, owner.domain),
    )
  );
};

/** Hides a message from one of those who can read it; everybody else still does. */
export const deleteMessage = (call: Call): Answer => {
  const { parameters, state } = call;
  required(parameters, 'domain');
  const owner = toTalker(call);
  const id = required(parameters, 'id');
  const sessionId = required(parameters, 'session_id');
  if (!seesBelongings(call, owner)) return outOfScope(call.switches);
  const key = toTalkKey(owner.domain, id);
  const session = state.sessions.get(toTalkKey(owner.domain, sessionId));
  const found = state.messages.get(key);
  if (found?.sessionId !== sessionId || session === undefined || !isParticipant(session, owner)) {
    return missingTarget(call, 'No such message.');
  }
  return call.write(() => {
    const message = state.messages.get(key);
    const uid = toUid(owner.user, owner.domain);
    if (message !== undefined) {
      state.messages.set(key, { ...message, hiddenFrom: [...message.hiddenFrom, uid] });
    }
  });
};
