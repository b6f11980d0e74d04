import type { Company } from '../company.ts';
import { guid } from '../company.ts';
import type { Attendance, Conference, ConferenceParticipant } from './conference-record.ts';
import { toIso } from './live-call.ts';
import type { Conversation, Store, User } from './store.ts';
import { inAccount } from './store.ts';

const CONFERENCE_KIND = 34;
const ATTENDANCE_KIND = 35;
const MANY = 1_000_000;
const FEW = 1000;

const CONFERENCES = 30;
const OF_A_SMALL_ACCOUNT = 4;
const SMALL = 20;
const GAP_MS = 26 * 3600 * 1000;
const LENGTH_MS = 45 * 60 * 1000;

const topics = [
  'Weekly sales',
  'Retrospective',
  'Board',
  'Kundentermin Süd',
  'Release planning',
  'Interview',
];
const types = ['everyoneAllowed', 'everyoneAllowed', 'inviteOnly'];
const policies = ['guestLobby', 'noLobby', 'nonOwnerLobby', 'pstnLobby'];

/** One account with who meets, and the chats its meetings belong to. */
interface Setting {
  readonly accountIndex: number;
  readonly accountId: string;
  readonly lead: User;
  readonly others: readonly User[];
  readonly conversations: readonly Conversation[];
  readonly now: number;
}

const pick = <Value>(values: readonly Value[], index: number): Value =>
  values[index % values.length] as Value;

/** Two to seven people; the newest conference is going on with the first two of them. */
const toParticipants = (setting: Setting, index: number): readonly ConferenceParticipant[] => {
  const { lead, others } = setting;
  const isWithoutLead = index % 7 === 6;
  const size = Math.min(2 + (index % 6), others.length);
  const people = isWithoutLead ? [] : [lead];
  for (let place = 0; people.length < size; place += 1) people.push(pick(others, index * 3 + place));
  return people.map(({ userId }, place) => {
    const past = place === size - 1 ? 'invited' : 'inactive';
    const state = index === 0 && place < 2 ? 'active' : past;
    return { participantId: userId, state, type: 'webapi', muted: false };
  });
};

/** The chat a meeting belongs to: one that whoever made the meeting is in. Every fourth meeting has none. */
const findChat = ({ conversations }: Setting, createdBy: string, index: number): string | undefined => {
  const chats = conversations.filter(({ participants }) =>
    participants.some(({ participantId }) => participantId === createdBy),
  );
  return index % 4 === 3 ? undefined : chats[index % chats.length]?.conversationId;
};

const toConference = (setting: Setting, index: number): Conference => {
  const { accountId, accountIndex, now } = setting;
  const participants = toParticipants(setting, index);
  const createdBy = participants[0]?.participantId ?? setting.lead.userId;
  const createdOn = toIso(now - index * GAP_MS - LENGTH_MS);
  const conversationId = findChat(setting, createdBy, index);
  const value = JSON.stringify({ meeting: { conversationId } });
  return {
    id: guid(CONFERENCE_KIND, (accountIndex + 1) * MANY + index),
    ...(index % 5 === 0 && { externalId: `calendar-${accountIndex + 1}-${index}` }),
    accountId,
    name: pick(topics, index),
    visibility: 'private',
    accessCode: String(100_000_000 + accountIndex * 500_000_000 + index * 7_650_317),
    state: index === 0 ? 'active' : 'inactive',
    type: pick(types, index),
    lobbyPolicy: pick(policies, index),
    recording: 'none',
    participants,
    tags: conversationId === undefined ? [] : [{ tagId: 'mitel_meeting', value }],
    createdOn,
    createdBy,
    modifiedOn: createdOn,
    modifiedBy: createdBy,
  };
};

/** Everybody but the invited was there; who is still there has no end. */
const toAttendances = (conference: Conference, index: number, accountIndex: number): readonly Attendance[] =>
  conference.participants
    .filter(({ state }) => state === 'active' || state === 'inactive')
    .map(({ participantId, state }, place) => ({
      attendanceId: guid(ATTENDANCE_KIND, ((accountIndex + 1) * MANY + index) * FEW + place),
      conferenceId: conference.id,
      accountId: conference.accountId,
      participantId,
      createdOn: toIso(Date.parse(conference.createdOn) + place * 30_000),
      ...(state === 'inactive' && { endTime: toIso(Date.parse(conference.createdOn) + LENGTH_MS) }),
    }));

/** The meetings of each account, a day and a bit apart, the newest of them going on. */
export const seedConferences = (store: Store, company: Company, now: number): void => {
  for (const [accountIndex, { accountId }] of company.accounts.entries()) {
    const users = inAccount(store.users, accountId);
    const lead = users.find(({ role }) => role === 'ACCOUNT_ADMIN');
    const others = users.filter((user) => user !== lead);
    if (lead === undefined || others.length === 0) continue;
    const conversations = inAccount(store.conversations, accountId);
    const setting = { accountIndex, accountId, lead, others, conversations, now };
    const count = users.length < SMALL ? OF_A_SMALL_ACCOUNT : CONFERENCES;
    for (let index = count - 1; index >= 0; index -= 1) {
      const conference = toConference(setting, index);
      store.media.conferences.set(conference.id, conference);
      const attendances = toAttendances(conference, index, accountIndex);
      store.media.attendances = [...store.media.attendances, ...attendances];
    }
  }
};
