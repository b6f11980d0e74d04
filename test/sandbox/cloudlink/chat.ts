import type { Switches } from '../../../src/sandbox/switches.ts';
import {
  ADA,
  BEN,
  CHAT,
  itemsOf,
  userIdOf,
  withCloudlink,
  type Answer,
  type SendOptions,
} from './cloudlink.ts';

export const CONVERSATIONS = `${CHAT}/conversations`;
export const EMPTY = 'Nothing said yet';
export const LONG = 'Everything about Support';

type Row = Record<string, unknown>;

/** One of the collections inside a record. */
export const embeddedOf = (record: Row | undefined, name: 'participants' | 'messages'): Row => {
  const { _embedded: embedded } = record as { readonly _embedded: Readonly<Record<string, Row>> };
  return embedded[name] ?? {};
};

export const rowsOf = (collection: Row): readonly Row[] => itemsOf({ body: collection } as Answer);

/** CloudLink with Ada signed in, who asks unless somebody else is named. */
export const withChat = async (switches: Partial<Switches> = {}) => {
  const cloudlink = await withCloudlink(switches);
  const ada = await cloudlink.signIn(ADA);

  const ask = (method: string, path: string, options: SendOptions = {}) =>
    cloudlink.send(method, path, { token: ada, ...options });

  const list = async (filter: string, options: SendOptions = {}) =>
    itemsOf(await ask('GET', `${CONVERSATIONS}?$top=1000&$filter=${encodeURIComponent(filter)}`, options));

  /** The path of Ada's conversation of this name. */
  const pathOf = async (name: string): Promise<string> => {
    const [found] = await list(`name eq '${name}'`);
    if (found === undefined) throw new Error(`There is no conversation ${name}`);
    return `${CONVERSATIONS}/${String(found.conversationId)}`;
  };

  /** A new conversation of Ada and Ben; answers its path. */
  const start = async (change: object = {}): Promise<string> => {
    const originalParticipants = [{ type: 'USER', participantId: userIdOf(BEN) }];
    const { body } = await ask('POST', CONVERSATIONS, { json: { originalParticipants, ...change } });
    return `${CONVERSATIONS}/${String(body.conversationId)}`;
  };

  return { ...cloudlink, ask, list, pathOf, start };
};

/** The form that signs a client in. */
export const clientGrant = (clientId: string, clientSecret: string, accountId: string) => ({
  grant_type: 'client_credentials',
  client_id: clientId,
  client_secret: clientSecret,
  account_id: accountId,
});
