import type { Answer, Row } from '../answer.ts';
import { seesBelongings } from '../belonging.ts';
import { isSame } from '../filter.ts';
import { toSignedLink } from '../media.ts';
import { messageColumns, type Message } from '../message-record.ts';
import {
  actionsOf,
  required,
  type Call,
  type DownloadRequest,
  type Media,
  type PlatformObject,
} from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { Refusal } from '../refusal.ts';
import { given } from '../request.ts';
import { outOfScope, seesDomain } from '../scope.ts';
import { toTime, toUid } from '../subscriber-record.ts';
import { mayEnter, toTalkKey } from '../talk.ts';
import { parseTime } from '../window.ts';
import { createMessage, createParameters, deleteMessage } from './message-write.ts';
import { toTalker } from './messagesession.ts';

/** The messages of the sessions a user is in, oldest first, without those the user deleted. */
const read = (call: Call): Answer => {
  const { parameters, caller, state } = call;
  const owner = toTalker(call);
  if (!seesDomain(caller, state, owner.domain)) return outOfScope(call.switches, messageColumns);
  const sessionId = given(parameters, 'session_id');
  const id = given(parameters, 'id');
  const since = parseTime(given(parameters, 'start_timestamp') ?? '') ?? Number.NEGATIVE_INFINITY;
  const uid = toUid(owner.user, owner.domain);
  const entered = new Set(
    [...state.sessions.values()]
      .filter(
        (session) =>
          (sessionId === undefined || session.sessionId === sessionId) &&
          isSame(session.domain, owner.domain) &&
          mayEnter(state, session, owner),
      )
      .map((session) => session.sessionId),
  );
  const messages = seesBelongings(call, owner)
    ? [...state.messages.values()].filter(
        (message) =>
          entered.has(message.sessionId) &&
          isSame(message.domain, owner.domain) &&
          (id === undefined || message.id === id) &&
          message.sentAt >= since &&
          !message.hiddenFrom.some((hidden) => isSame(hidden, uid)),
      )
    : [];
  // The documented order names a column by the name it has elsewhere (facts §5.8).
  const sort = given(parameters, 'order')?.replace(/^time_start\b/, 'timestamp') ?? '';
  return page(
    messages.map((message) => toMessageRow(message, call)),
    { ...call, columns: messageColumns, key: 'id', sort },
  );
};

export const toMessageRow = (message: Message, { origin, now }: Pick<Call, 'origin' | 'now'>): Row => {
  const { domain, id, destination, media } = message;
  const isColleague = destination.includes('@');
  const link = { object: 'message', action: 'read_media', domain, id };
  return {
    id,
    session_id: message.sessionId,
    domain,
    timestamp: toTime(message.sentAt),
    type: message.type,
    from_uid: message.fromUid,
    from_num: message.fromNumber,
    dialed: destination,
    term_num: isColleague ? '' : destination,
    term_uid: isColleague ? destination : '',
    text: message.text,
    remotepath: media === undefined ? '' : toSignedLink(origin, link, now),
    media_type: media?.type ?? '',
    size: media === undefined ? '' : String(media.content.length),
  };
};

const readMedia = ({ parameters, state }: DownloadRequest): Media => {
  const key = toTalkKey(required(parameters, 'domain'), required(parameters, 'id'));
  const media = state.messages.get(key)?.media;
  if (media === undefined) throw new Refusal(404, 'No such media.');
  return media;
};

/** Chat, text and picture messages (facts §5.8). */
export const message: PlatformObject = {
  element: 'message',
  actions: actionsOf({
    read: {
      parameters: ['domain', 'user', 'session_id', 'id', 'start_timestamp', 'order', ...pageParameters],
      run: read,
    },
    create: { parameters: createParameters, run: createMessage },
    delete: { parameters: ['domain', 'user', 'id', 'session_id'], run: deleteMessage },
  }),
  downloads: new Map([['read_media', readMedia]]),
};
