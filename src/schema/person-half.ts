import { responsePathAsArray, type GraphQLResolveInfo } from 'graphql';
import { orNull } from '../builder.ts';
import type { Context, Warning } from '../context.ts';
import { splitKey } from '../global-id.ts';
import { findAccount, isAccountNumber } from '../link.ts';
import type { User as UserModel } from '../upstream/cloudlink/user.ts';
import {
  identify,
  type Subscriber as SubscriberModel,
  type SubscriberField,
} from '../upstream/netsapiens/subscriber-record.ts';
import { isSurelySame, linkAllUsers } from './join.ts';
import { subscriberOfUser, userOfSubscriber } from './link.ts';
import { createColumns } from './subscriber.ts';
import { toKind } from './subscriber-enums.ts';
import { loadColumns } from './subscriber-query.ts';
import { User } from './user.ts';

/** Somebody on one platform: asked for when it is called, by whoever needs it; rejects where it cannot be had. */
type Half<Model> = () => Promise<Model | null>;

/** One human being: a user of CloudLink, a subscriber of the legacy platform, or both. */
export interface Person {
  /** Names this person and nobody else, by how they were found: in CloudLink, or else on the legacy platform. */
  readonly knownAs: string;
  readonly user: Half<UserModel>;
  readonly subscriber: Half<SubscriberModel>;
}

/** What the rule of who is who looks at, and what tells people from other rows. */
export const ROW_FIELDS: readonly SubscriberField[] = ['user', 'domain', 'emails', 'serviceCode'];

const once = <Value>(read: () => Promise<Value>): (() => Promise<Value>) => {
  let answer: Promise<Value> | undefined;
  return () => (answer ??= read());
};

/** Where a person came from: how to ask, which columns of the subscriber their query needs, and what asked. */
export interface Asking {
  readonly fields: ReadonlySet<SubscriberField>;
  readonly context: Context;
  readonly path: Warning['path'];
}

const columns = createColumns([], ['subscriber']);
const listedColumns = createColumns(
  ['nodes'],
  ['nodes', 'subscriber'],
  ['edges', 'node'],
  ['edges', 'node', 'subscriber'],
);

/** What a field that gives a person has to know of its query. */
export const askingFor = (context: Context, info: GraphQLResolveInfo): Asking => ({
  fields: new Set([...ROW_FIELDS, ...columns(info)]),
  context,
  path: responsePathAsArray(info.path),
});

/** The same for a field that gives a connection of people. */
export const askingForPage = (context: Context, info: GraphQLResolveInfo): Asking => ({
  fields: new Set([...ROW_FIELDS, ...listedColumns(info)]),
  context,
  path: responsePathAsArray(info.path),
});

/** A person of whom one half is known, or both. The other is looked for by the rule when somebody wants it. */
export const toPerson = (
  knownAs: string,
  known:
    | { readonly user: Half<UserModel>; readonly subscriber?: Half<SubscriberModel> | undefined }
    | { readonly user?: undefined; readonly subscriber: Half<SubscriberModel> },
  { fields, context, path }: Asking,
): Person => {
  if (known.user === undefined) {
    const subscriber = once(known.subscriber);
    const user = once(async () => {
      const row = await subscriber();
      return row === null ? null : userOfSubscriber(row, context, path);
    });
    return { knownAs, user, subscriber };
  }
  const user = once(known.user);
  const find = async () => {
    const model = await user();
    return model === null ? null : subscriberOfUser(model, fields, context, path);
  };
  return { knownAs, user, subscriber: once(known.subscriber ?? find) };
};

/** How somebody is known, in the words of {@link PersonKey}. */
export const keyOfUser = ({ accountId, id }: UserModel): string => `${accountId}/${id}`;
export const keyOfSubscriber = ({ domain, user }: SubscriberModel): string => `${domain}/${user}`;

/** A half that is here already. */
export const given =
  <Model>(model: Model): (() => Promise<Model>) =>
  async () =>
    model;

/** What names a person upstream: `{account}/{user}` in CloudLink, `{domain}/{user}` on the legacy platform. */
export interface PersonKey {
  readonly user: string | null;
  readonly subscriber: string | null;
}

/** Whether the settings let the two belong to one person. An account's number cannot be compared without asking. */
const mayBelong = ({ user, subscriber }: PersonKey, { settings }: Context): boolean => {
  if (user === null || subscriber === null) return true;
  const [[accountId], [domain]] = [splitKey(user), splitKey(subscriber)];
  const account = findAccount(settings.accountDomains, domain);
  return account !== null && (isAccountNumber(account) || account === accountId.toLowerCase());
};

/** Whether a user and a subscriber are the same person by the rule. Asks for others only where they could change that. */
const isSamePerson = async (
  user: UserModel,
  subscriber: SubscriberModel,
  { context, path }: Asking,
): Promise<boolean> => {
  if (linkAllUsers([user], [subscriber], context)[0]?.kind !== 'linked') return false;
  if (isSurelySame(user, subscriber, context)) return true;
  const found = await subscriberOfUser(user, new Set(ROW_FIELDS), context, path);
  return found !== null && identify(found) === identify(subscriber);
};

/** What became of a read as a half: whoever was not found is looked for by the rule. */
const toHalf = <Model>(result: PromiseSettledResult<Model | null>): Half<Model> | undefined => {
  if (result.status === 'rejected') return () => Promise.reject(result.reason);
  return result.value === null ? undefined : given(result.value);
};

const valueOf = <Model>(result: PromiseSettledResult<Model | null>): Model | null =>
  result.status === 'fulfilled' ? result.value : null;

const readSubscriber = async (id: string, { fields, context }: Asking): Promise<SubscriberModel | null> => {
  const [domain, user] = splitKey(id);
  const row = await loadColumns({ domain, user }, fields, context);
  return row === null || toKind(row) !== 'PERSON' ? null : row;
};

/**
 * The person by the keys of either platform: null where neither platform knows them, `different` where both do, but not
 * as the same person. Costs a request for each key, and what the rule costs where the two do not share both address and
 * extension. Where one platform fails, its half fails and the other is there.
 */
export const findPerson = async (key: PersonKey, asking: Asking): Promise<Person | 'different' | null> => {
  const { context } = asking;
  if (!mayBelong(key, context)) return 'different';
  const [userResult, subscriberResult] = await Promise.allSettled([
    key.user === null ? null : User.getDataloader(context).load(key.user).catch(orNull),
    key.subscriber === null ? null : readSubscriber(key.subscriber, asking),
  ]);
  const [found, row] = [valueOf(userResult), valueOf(subscriberResult)];
  if (found !== null && row !== null && !(await isSamePerson(found, row, asking))) return 'different';
  if (found === null && row === null) {
    const failed = [userResult, subscriberResult].find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    return null;
  }
  const [user, subscriber] = [toHalf(userResult), toHalf(subscriberResult)];
  const knownAs = key.user ?? key.subscriber ?? '';
  if (user !== undefined) return toPerson(knownAs, { user, subscriber }, asking);
  return subscriber === undefined ? null : toPerson(knownAs, { subscriber }, asking);
};
