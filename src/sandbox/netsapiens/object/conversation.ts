import { toText, type Answer, type Row } from '../answer.ts';
import { namedOwner, seesBelongings, type Owner } from '../belonging.ts';
import { detailOf, historyOf } from '../cdr-choice.ts';
import { isSame } from '../filter.ts';
import { takeCalls } from '../past-call.ts';
import { actionsOf, required, type Call, type PlatformObject } from '../operation.ts';
import { page, pageParameters } from '../page.ts';
import { outOfScope, seesDomain } from '../scope.ts';
import { toTime } from '../subscriber-record.ts';
import { isParticipant } from '../talk.ts';
import { toTalker } from './messagesession.ts';

const columns = [
  'conversation_type',
  'conversation_id',
  'domain',
  'user',
  'number',
  'name',
  'text',
  'timestamp',
];

/** Of the calls only the newest are in the inbox. */
const RECENT_CALLS = 50;

/** A user's inbox: voicemail, calls and messages together, newest first (facts §5.10). */
const read = (call: Call): Answer => {
  const { parameters, caller, state } = call;
  required(parameters, 'domain');
  const owner = namedOwner(parameters) ?? toTalker(call);
  if (!seesDomain(caller, state, owner.domain)) return outOfScope(call.switches, columns);
  const rows = seesBelongings(call, owner)
    ? [...toVoicemail(call, owner), ...toCalls(call, owner), ...toMessages(call, owner)]
    : [];
  const newestFirst = rows.toSorted((one, other) =>
    toText(one['timestamp']) < toText(other['timestamp']) ? 1 : -1,
  );
  return page(newestFirst, { ...call, columns, key: 'conversation_id' });
};

const toVoicemail = ({ state }: Call, { user, domain }: Owner): Row[] =>
  [...state.audio.values()]
    .filter(
      (audio) =>
        isSame(audio.owner, user) && isSame(audio.owner_domain, domain) && audio.type.startsWith('vmail/'),
    )
    .map((audio) => ({
      conversation_type: 'vmail',
      conversation_id: `vmail-${audio.index}`,
      domain,
      user,
      number: audio.from_user,
      name: audio.from_name,
      text: audio.transcription,
      timestamp: audio.time,
    }));

const toCalls = ({ state }: Call, { user, domain }: Owner): Row[] => {
  const calls = historyOf(state, domain)?.calls ?? [];
  const own = takeCalls(calls, ({ orig, term }) => orig === user || term === user, RECENT_CALLS);
  return own.map((past) => {
    const { id, orig, term } = detailOf(state, past);
    const { number, name } = past.orig === user ? term : orig;
    return {
      conversation_type: 'call',
      conversation_id: `call-${id}`,
      domain,
      user,
      number,
      name,
      text: '',
      timestamp: toTime(past.startedAt),
    };
  });
};

const toMessages = ({ state }: Call, owner: Owner): Row[] =>
  [...state.sessions.values()]
    .filter((session) => isSame(session.domain, owner.domain) && isParticipant(session, owner))
    .map((session) => ({
      conversation_type: 'message',
      conversation_id: session.sessionId,
      domain: owner.domain,
      user: owner.user,
      number: session.participants.find((participant) => !participant.includes('@')) ?? '',
      name: session.name,
      text: session.lastText,
      timestamp: toTime(session.lastAt),
    }));

/** The inbox that apps show (facts §5.10). */
export const conversation: PlatformObject = {
  element: 'uc_inbox',
  actions: actionsOf({ read: { parameters: ['domain', 'user', 'uid', ...pageParameters], run: read } }),
};
