import type { Company, CompanyAccount, Person } from '../../company.ts';
import type { Message, MessageSession } from '../message-record.ts';
import { toTalkKey } from '../talk.ts';
import { toUid } from '../subscriber-record.ts';
import { outsiderAt, toDirectNumber } from './outsider.ts';

const MINUTE = 60_000;

/** A picture of one pixel, for the message that carries one. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

interface Talk {
  readonly session: MessageSession;
  readonly messages: readonly Message[];
}

/** A talk by text with somebody outside and a chat with a colleague for everybody; a group and a queue for each domain. */
export const seedTalks = (company: Company, now: number): readonly Talk[] =>
  company.accounts.flatMap((account) => {
    const people = company.people.filter(
      ({ domain, legacy }) => domain === account.domain && legacy !== undefined,
    );
    return [
      toGroup(account, people, now),
      toQueueTalk(account, now),
      ...people.flatMap((person, index) => [
        ...toTextTalk(account, person, index, now),
        ...toChat(person, people[index + 1], index, now),
      ]),
    ];
  });

/** The messages of all talks in the order of their time, which is the order of the table. */
export const seedMessages = (talks: readonly Talk[]): (readonly [string, Message])[] =>
  talks
    .flatMap(({ messages }) => messages)
    .toSorted((one, other) => one.sentAt - other.sentAt)
    .map((message) => [toTalkKey(message.domain, message.id), message] as const);

export const seedSessions = (talks: readonly Talk[]): (readonly [string, MessageSession])[] =>
  talks.map(({ session }) => [toTalkKey(session.domain, session.sessionId), session] as const);

type Line = Pick<Message, 'fromUid' | 'fromNumber' | 'destination' | 'text'> &
  Pick<Partial<Message>, 'media'>;

const toTalk = (
  head: Pick<MessageSession, 'sessionId' | 'domain' | 'name' | 'participants' | 'queue'>,
  type: string,
  lines: readonly Line[],
  endedAt: number,
): Talk => {
  const messages = lines.map((line, place) => ({
    ...line,
    id: `${head.sessionId}-${String(place + 1)}`,
    sessionId: head.sessionId,
    domain: head.domain,
    sentAt: endedAt - (lines.length - 1 - place) * MINUTE,
    type: line.media === undefined ? type : 'mms',
    hiddenFrom: [],
  }));
  const last = messages.at(-1);
  return {
    messages,
    session: { ...head, mutedBy: [], lastAt: last?.sentAt ?? endedAt, lastText: last?.text ?? '' },
  };
};

/** Times are whole seconds, as they are told. */
const minutesBefore = (now: number, minutes: number): number =>
  Math.floor(now / 1000) * 1000 - minutes * MINUTE;

const toTextTalk = (account: CompanyAccount, person: Person, index: number, now: number): Talk[] => {
  const own = toDirectNumber(account, person);
  if (own === undefined) return [];
  const { domain, extension, firstName } = person;
  const uid = toUid(extension, domain);
  const { number } = outsiderAt(index);
  const received = { fromUid: '', fromNumber: number, destination: own };
  const sent = { fromUid: uid, fromNumber: own, destination: number };
  const lines: Line[] = [
    { ...received, text: `Hello ${firstName}, is the order on its way?` },
    { ...sent, text: 'It left this morning & arrives tomorrow; 100 % sure.' },
    { ...received, text: 'Danke schön 👍' },
    {
      ...received,
      text: 'Here is the door.',
      ...(index % 5 === 0 && { media: { type: 'image/png', content: PICTURE } }),
    },
  ];
  const sessionId = `sms-${extension}-${number}`;
  const head = { sessionId, domain, name: '', participants: [uid, number], queue: '' };
  return [toTalk(head, 'sms', lines, minutesBefore(now, 5 + index * 7))];
};

const toChat = (person: Person, next: Person | undefined, index: number, now: number): Talk[] => {
  if (next === undefined) return [];
  const { domain } = person;
  const one = toUid(person.extension, domain);
  const other = toUid(next.extension, domain);
  const lines = [
    { fromUid: one, fromNumber: '', destination: other, text: 'Lunch at noon?' },
    { fromUid: other, fromNumber: '', destination: one, text: 'Gladly.' },
  ];
  const sessionId = `chat-${person.extension}-${next.extension}`;
  const head = { sessionId, domain, name: '', participants: [one, other], queue: '' };
  return [toTalk(head, 'private', lines, minutesBefore(now, 20 + index * 11))];
};

/** Long enough to be paged, and its id is one of a video meeting (facts §5.8). */
const toGroup = ({ domain }: CompanyAccount, people: readonly Person[], now: number): Talk => {
  const uids = people.slice(0, 5).map(({ extension }) => toUid(extension, domain));
  const lines = Array.from({ length: 120 }, (_, place) => ({
    fromUid: uids[place % uids.length] ?? '',
    fromNumber: '',
    destination: '',
    text: `Note ${String(place + 1)} of the morning meeting`,
  }));
  const head = {
    sessionId: 'meeting-morning',
    domain,
    name: 'Morning meeting',
    participants: uids,
    queue: '',
  };
  return toTalk(head, 'group', lines, minutesBefore(now, 90));
};

const toQueueTalk = ({ domain, mainNumber }: CompanyAccount, now: number): Talk => {
  const { number } = outsiderAt(2);
  const line = { fromUid: '', fromNumber: number, destination: mainNumber, text: 'Is anybody there?' };
  const head = { sessionId: 'queue-800-1', domain, name: '', participants: [number], queue: '800' };
  return toTalk(head, 'sms', [line], minutesBefore(now, 13));
};
