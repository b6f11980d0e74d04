import {
  GraphQLID,
  GraphQLString,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredInputField,
  type GraphQLArgument,
  type GraphQLInputType,
} from 'graphql';
import { schema } from '../../src/schema/index.ts';
import { exampleOf } from './example.ts';

/** A place in the arguments of a field where a client writes a text of its own. */
export interface TextArgument {
  /** Such as `Mutation.sendMessage(input.content.text)`; a list is shown by its first item, `0`. */
  readonly name: string;
  readonly parent: string;
  readonly field: string;
  readonly path: readonly string[];
  readonly isId: boolean;
}

/** The places in a value of this type, each type of input looked into once. */
const pathsIn = (
  type: GraphQLInputType,
  path: readonly string[],
  seen: readonly GraphQLInputType[] = [],
): readonly { readonly path: readonly string[]; readonly isId: boolean }[] => {
  if (isNonNullType(type)) return pathsIn(type.ofType, path, seen);
  if (isListType(type)) return pathsIn(type.ofType, [...path, '0'], seen);
  if (type === GraphQLString || type === GraphQLID) return [{ path, isId: type === GraphQLID }];
  if (!isInputObjectType(type) || seen.includes(type)) return [];
  return Object.values(type.getFields()).flatMap((field) =>
    pathsIn(field.type, [...path, field.name], [...seen, type]),
  );
};

const toArguments = (parent: string, field: string, argument: GraphQLArgument): readonly TextArgument[] =>
  pathsIn(argument.type, [argument.name]).map(({ path, isId }) => ({
    name: `${parent}.${field}(${path.join('.')})`,
    parent,
    field,
    path,
    isId,
  }));

/** Goes into headers of a connection and not into a request's path or parameters; test/live/socket-right.test.ts has it. */
const ofConnection: ReadonlySet<string> = new Set(['renewConnection']);

/** Every text argument of every field. */
export const textArguments: readonly TextArgument[] = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter((type) => !type.name.startsWith('__'))
  .flatMap((type) =>
    Object.values(type.getFields())
      .filter(({ name }) => !ofConnection.has(name))
      .flatMap((field) => field.args.flatMap((argument) => toArguments(type.name, field.name, argument))),
  );

/** Something that a type takes, for what must be there beside the text in question. */
const fill = (type: GraphQLInputType): unknown => {
  if (isNonNullType(type)) return fill(type.ofType);
  if (isListType(type)) return [fill(type.ofType)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    const [first] = Object.values(type.getFields());
    if (type.isOneOf) return first && { [first.name]: fill(first.type) };
    return fillRequired(Object.values(type.getFields()).filter(isRequiredInputField));
  }
  return { Int: 1, Float: 1, Boolean: true, DateTime: '2026-01-01T00:00:00.000Z' }[type.name] ?? 'x';
};

const fillRequired = (fields: readonly { readonly name: string; readonly type: GraphQLInputType }[]) =>
  Object.fromEntries(fields.map(({ name, type }) => [name, fill(type)]));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** A value of this type with a text at this place of it, and the rest as it was, or filled in. */
const put = (type: GraphQLInputType, before: unknown, path: readonly string[], text: string): unknown => {
  if (isNonNullType(type)) return put(type.ofType, before, path, text);
  const [step, ...rest] = path;
  if (step === undefined) return text;
  if (isListType(type)) {
    const [first, ...others]: readonly unknown[] = Array.isArray(before) ? before : [];
    return [put(type.ofType, first, rest, text), ...others];
  }
  if (!isInputObjectType(type)) throw new Error(`${type.toString()} has no ${step}`);
  const field = type.getFields()[step];
  if (field === undefined) throw new Error(`${type.name} has no ${step}`);
  const known = isObject(before) ? before : {};
  const own = { [step]: put(field.type, known[step], rest, text) };
  return type.isOneOf ? own : { ...(fill(type) as object), ...known, ...own };
};

/** The arguments of an example, or what is given instead of them, with a text in the place of `argument`. */
export const withText = (
  { parent, field, path: [name = '', ...path] }: TextArgument,
  text: string,
  base?: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const type = schema.getType(parent);
  const args = isObjectType(type) ? (type.getFields()[field]?.args ?? []) : [];
  // A key would answer from memory.
  const { clientMutationKey: _key, ...known } = base ?? exampleOf(`${parent}.${field}`) ?? {};
  const argument = args.find((candidate) => candidate.name === name);
  if (argument === undefined) throw new Error(`${parent}.${field} has no argument ${name}`);
  const required = args.filter((other) => isNonNullType(other.type) && other.defaultValue === undefined);
  return { ...fillRequired(required), ...known, [name]: put(argument.type, known[name], path, text) };
};
