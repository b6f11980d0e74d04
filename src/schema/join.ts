import type { Context } from '../context.ts';
import { isBeyondDoubt, linkEach, type Link, type Side } from '../link.ts';
import type { User } from '../upstream/cloudlink/user.ts';
import { identify, type Subscriber } from '../upstream/netsapiens/subscriber-record.ts';
import { LINK_FIELDS, subscribersOfDomain, usersOfAccount } from './roster.ts';

/** An e-mail address is unique in its account (CloudLink facts §4.2); nothing promises that an extension is. */
const userSide = (people: readonly User[]): Side<User> => ({
  people,
  traitsOf: ({ email, extension }) => ({
    emails: email === null ? [] : [email],
    extension,
    mayLackZeros: false,
  }),
  uniqueBy: 'email',
  identify: ({ id }) => id,
});

/** Domain and extension name a subscriber (subscriber API facts §4.3); an e-mail address may be that of several. */
const subscriberSide = (people: readonly Subscriber[]): Side<Subscriber> => ({
  people,
  traitsOf: ({ emails, user, mayLackZeros }) => ({ emails, extension: user, mayLackZeros }),
  uniqueBy: 'extension',
  identify,
});

/** The subscriber of each of these users, by the rule that the settings tell, where both are all there are. */
export const linkAllUsers = (
  users: readonly User[],
  subscribers: readonly Subscriber[],
  { settings }: Context,
): readonly Link<Subscriber>[] =>
  linkEach(users, userSide(users), subscriberSide(subscribers), settings.linkBy);

/** Whether the two are the same person, whoever else there may be on either side. */
export const isSurelySame = (
  user: User,
  subscriber: Subscriber,
  { settings: { linkBy } }: Context,
): boolean => {
  const [users, subscribers] = [userSide([user]), subscriberSide([subscriber])];
  return (
    isBeyondDoubt(user, subscriber, users, subscribers, linkBy) &&
    isBeyondDoubt(subscriber, user, subscribers, users, linkBy)
  );
};

/**
 * The links of these people, the same whoever else is asked for: where somebody on their own side could contest one, all
 * of that side are read. If that fails, so does what is in doubt, and nothing else.
 */
const linkSome = async <Own, Other>(
  wanted: readonly Own[],
  own: Side<Own>,
  other: Side<Other>,
  { settings: { linkBy } }: Context,
  readOwn: () => Promise<readonly Own[]>,
): Promise<readonly (Link<Other> | Error)[]> => {
  const links = linkEach(wanted, own, other, linkBy);
  const isInDoubt = wanted.map((person, index) => {
    const link = links[index];
    return link?.kind === 'linked' && !isBeyondDoubt(person, link.model, own, other, linkBy);
  });
  if (!isInDoubt.includes(true)) return links;
  try {
    return linkEach(wanted, { ...own, people: await readOwn() }, other, linkBy);
  } catch (error) {
    const failure = error instanceof Error ? error : new Error('a read failed', { cause: error });
    return links.map((link, index) => (isInDoubt[index] === true ? failure : link));
  }
};

/** The subscriber of each of some users, among all subscribers. Reads all users where a link is in doubt. */
export const linkUsers = (
  users: readonly User[],
  subscribers: readonly Subscriber[],
  accountId: string,
  context: Context,
): Promise<readonly (Link<Subscriber> | Error)[]> =>
  linkSome(users, userSide([]), subscriberSide(subscribers), context, () =>
    usersOfAccount(accountId, context),
  );

/** The user of each of some subscribers, among all users, in the same way. */
export const linkSubscribers = (
  subscribers: readonly Subscriber[],
  users: readonly User[],
  domain: string,
  context: Context,
): Promise<readonly (Link<User> | Error)[]> =>
  linkSome(subscribers, subscriberSide([]), userSide(users), context, () =>
    subscribersOfDomain(domain, new Set(LINK_FIELDS), context),
  );
