import { isSame } from './filter.ts';
import type { Message, MessageSession } from './message-record.ts';
import { toKey, type State } from './state.ts';
import { toUid } from './subscriber-record.ts';
import type { Owner } from './belonging.ts';

/** The key of sessions and messages: their ids are unique in a domain only. */
export const toTalkKey = (domain: string, id: string): string => `${toKey(domain)} ${id}`;

export const isParticipant = ({ participants }: MessageSession, { user, domain }: Owner): boolean =>
  participants.some((participant) => isSame(participant, toUid(user, domain)));

/** Whether somebody takes part in a session, or may accept it as an agent of its queue. */
export const mayEnter = (state: State, session: MessageSession, owner: Owner): boolean =>
  isParticipant(session, owner) ||
  (session.queue !== '' &&
    [...state.agents.values()].some(
      (agent) =>
        isSame(agent.huntgroup_name, session.queue) &&
        isSame(agent.huntgroup_domain, session.domain) &&
        isSame(agent.owner_user, owner.user) &&
        isSame(agent.owner_domain, owner.domain),
    ));

/** Adds a message to its session, which it may start. */
export const addMessage = (state: State, message: Message, participants: readonly string[]): void => {
  const { domain, sessionId, sentAt, text } = message;
  state.messages.set(toTalkKey(domain, message.id), message);
  const key = toTalkKey(domain, sessionId);
  const session = state.sessions.get(key) ?? {
    sessionId,
    domain,
    name: '',
    participants,
    mutedBy: [],
    queue: '',
  };
  state.sessions.set(key, { ...session, lastAt: sentAt, lastText: text });
};
