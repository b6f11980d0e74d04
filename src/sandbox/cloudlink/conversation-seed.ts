import type { Company, CompanyAccount } from '../company.ts';
import { guid } from '../company.ts';
import { keepAttachment } from './attachment.ts';
import type { Story } from './conversation-story.ts';
import { smallTalk, stories } from './conversation-story.ts';
import { putInto } from './message.ts';
import { omit } from './omit.ts';
import { joinAs } from './participant.ts';
import type { Conversation, Participant, Store, User } from './store.ts';
import { inAccount } from './store.ts';

const CONVERSATIONS = 60;
const OF_A_SMALL_ACCOUNT = 5;
// Of the first sixty every twelfth is without the administrator, so that there is something they must not read.
const TWELFTH = 12;
const OF_OTHERS = CONVERSATIONS / TWELFTH;
const SMALLEST = 2;
const LARGEST = 8;
const GAP_MS = 2 * 3600 * 1000;

const CONVERSATION_KIND = 32;
const MESSAGE_KIND = 33;
const ATTACHMENT_KIND = 36;
// No account has as many conversations, and no seeded conversation as many messages.
const MANY = 1_000_000;
const FEW = 1000;

/** One account with whom its conversations are made of: its administrator leads in nearly all of them. */
interface Setting {
  readonly store: Store;
  readonly account: CompanyAccount;
  readonly accountIndex: number;
  readonly lead: User;
  readonly others: readonly User[];
  readonly now: number;
}

/** From two to eight, by turns: the lead, whom the story asks for, and then whoever is next in the directory. */
const gatherParticipants = (
  { lead, others }: Setting,
  index: number,
  story: Story,
): readonly Participant[] => {
  const asked = story.with?.flatMap((wanted) => others.find(({ email }) => email === wanted) ?? []) ?? [];
  const isOfOthers = index < CONVERSATIONS && index % TWELFTH === TWELFTH - 1;
  // Two may be asked for, so a largest conversation and two more make sure that there are enough.
  const next = Array.from({ length: LARGEST + 2 }, (_, place) => others[(index * 5 + place) % others.length]);
  const colleagues = [...new Set([...(isOfOthers ? [] : [lead]), ...asked, ...next])];
  const outsiders = story.others ?? [];
  return [
    ...colleagues
      .slice(0, SMALLEST + (index % (LARGEST - SMALLEST + 1)) - outsiders.length)
      .flatMap((user) => (user === undefined ? [] : [{ type: 'USER', participantId: user.userId }])),
    ...outsiders,
  ].map(joinAs);
};

const topics = ['Invoices', 'Summer party', 'Releases', 'Kitchen', 'On call'];

const toConversation = (setting: Setting, index: number, story: Story): Conversation => {
  const { account, accountIndex, lead, now } = setting;
  const conversationId = guid(CONVERSATION_KIND, (accountIndex + 1) * MANY + index);
  const participants = gatherParticipants(setting, index, story);
  const createdOn = new Date(now - (index + 1) * GAP_MS).toISOString();
  const createdBy = participants[0]?.participantId ?? lead.userId;
  const isStream = index % 4 === 3;
  return {
    ...(index >= stories.length && index % 3 !== 0 && { name: `${topics[index % topics.length]} ${index}` }),
    visibility: isStream ? 'PUBLIC' : 'PRIVATE',
    languageCode: account.country === 'DE' ? 'de-DE' : 'en-US',
    stream: isStream,
    hidden: false,
    generateSystemMessages: false,
    ...omit(story, 'with', 'others', 'messages', 'said'),
    conversationId,
    accountId: account.accountId,
    accessCode: String(100_000 + ((index * 7919) % 900_000)),
    email: `${conversationId}@chat.example.test`,
    participants,
    createdOn,
    createdBy,
    modifiedOn: createdOn,
    modifiedBy: createdBy,
  };
};

/** Everybody speaks in turn, outsiders first, from the start of the conversation until now. */
const seedMessages = (setting: Setting, conversation: Conversation, index: number, story: Story): void => {
  const { store, accountIndex } = setting;
  const { conversationId, accountId, participants } = conversation;
  const { messages: count = 1 + (index % 5), said = smallTalk } = story;
  for (let number = 0; number < count; number += 1) {
    const speaker = participants.at(-1 - (number % participants.length));
    const step = ((index + 1) * GAP_MS) / (count + 1);
    putInto(store, {
      contentType: 'text/plain',
      body: '',
      ...said[(number + index) % said.length],
      messageId: guid(MESSAGE_KIND, ((accountIndex + 1) * MANY + index) * FEW + number),
      conversationId,
      accountId,
      createdOn: new Date(setting.now - (index + 1) * GAP_MS + Math.floor((number + 1) * step)).toISOString(),
      createdBy: speaker?.participantId ?? '',
    });
  }
};

/** The newest conversation has a file: CloudLink has no list by which another would be found. */
const seedAttachment = ({ store, accountIndex }: Setting, conversation: Conversation): void => {
  const { conversationId, accountId, createdOn, createdBy } = conversation;
  keepAttachment(store, {
    attachmentId: guid(ATTACHMENT_KIND, accountIndex),
    conversationId,
    accountId,
    name: 'way to the site.txt',
    type: 'text/plain',
    content: { bytes: Buffer.from('Left at the mill, then over the bridge.\n'), contentType: 'text/plain' },
    createdOn,
    createdBy,
    modifiedOn: createdOn,
    modifiedBy: createdBy,
  });
};

const seedAccount = (setting: Setting, count: number): void => {
  // Maps keep the order of creation, so the oldest goes first.
  for (let index = count - 1; index >= 0; index -= 1) {
    const story = (setting.accountIndex === 0 ? stories[index] : undefined) ?? {};
    const conversation = toConversation(setting, index, story);
    setting.store.conversations.set(conversation.conversationId, conversation);
    seedMessages(setting, conversation, index, story);
    if (index === 0) seedAttachment(setting, conversation);
  }
};

/**
 * The conversations of both accounts, a few minutes to some days old at `now`. The first account has sixty, and more
 * where it has more people: its administrator is in at least as many as there are.
 */
export const seedConversations = (store: Store, company: Company, now: number): void => {
  for (const [accountIndex, account] of company.accounts.entries()) {
    const users = inAccount(store.users, account.accountId);
    const lead = users.find(({ role }) => role === 'ACCOUNT_ADMIN');
    if (lead === undefined) continue;
    const others = users.filter((user) => user !== lead);
    const people = company.people.filter(({ accountId }) => accountId === account.accountId).length;
    const count = accountIndex === 0 ? Math.max(CONVERSATIONS, people + OF_OTHERS) : OF_A_SMALL_ACCOUNT;
    seedAccount({ store, account, accountIndex, lead, others, now }, count);
  }
};
