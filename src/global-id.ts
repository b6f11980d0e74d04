import { badInput } from './input.ts';

/** The platforms as ids name them; `both` is for what is joined of the two. */
export type IdPlatform = 'cloudlink' | 'subscriber' | 'both';

interface NodeType {
  readonly platform: IdPlatform;
  readonly key: RegExp;
}

const nodeTypes = new Map<string, NodeType>();

/** One or more ids of CloudLink, such as `{account}/{user}`. */
export const guidKey = (parts: 1 | 2): RegExp =>
  parts === 1 ? /^[\w-]{1,128}$/ : /^[\w-]{1,128}\/[\w-]{1,128}$/;

/**
 * Says which platform a node type comes from and what its keys look like. A noun calls it once, for its own type; an id
 * that does not fit is refused before anything is sent (S30).
 */
export const registerNode = (typename: string, platform: IdPlatform, key: RegExp): void => {
  nodeTypes.set(typename, { platform, key });
};

export const encodeGlobalId = (typename: string, key: string): string => {
  const type = nodeTypes.get(typename);
  if (type === undefined) throw new Error(`${typename} is no registered node type`);
  return Buffer.from(`${type.platform}:${typename}:${key}`).toString('base64url');
};

const decode = (id: string) => Buffer.from(id, 'base64url').toString('utf8');

/** What an id names, or null where this gateway could not have made it. */
export const findGlobalId = (id: string): { typename: string; id: string } | null => {
  const [, typename = '', ...rest] = decode(id).split(':');
  const key = rest.join(':');
  // Written anew, it is the same to the letter: platform, padding and all.
  const isOurs = nodeTypes.get(typename)?.key.test(key) === true && encodeGlobalId(typename, key) === id;
  return isOurs ? { typename, id: key } : null;
};

/** The refusal of an id that this gateway could not have made. */
export const refuseId = (argument = 'id'): Error =>
  badInput(argument, 'is no id of this gateway. Use the value of an `id` field as it is.');

/** What an id names. Refuses anything that this gateway could not have made. */
export const decodeGlobalId = (id: string, argument = 'id'): { typename: string; id: string } => {
  const found = findGlobalId(id);
  if (found === null) throw refuseId(argument);
  return found;
};

const withArticle = (typename: string): string => `${/^[AEIO]/.test(typename) ? 'an' : 'a'} ${typename}`;

/** The refusal of an id that names another type than this one. */
const refuseType = (argument: string, typename: string, found: string): Error =>
  badInput(argument, `must be the id of ${withArticle(typename)}, not of ${withArticle(found)}.`);

/** The key in an id that must name this type: what an argument that takes such an id means. */
export const keyOf = (typename: string, id: string, argument: string): string => {
  const decoded = decodeGlobalId(id, argument);
  if (decoded.typename === typename) return decoded.id;
  throw refuseType(argument, typename, decoded.typename);
};

/** The two parts of a key such as `{account}/{user}`. */
export const splitKey = (key: string): [string, string] => {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
};
