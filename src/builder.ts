import SchemaBuilder from '@pothos/core';
import DataloaderPlugin from '@pothos/plugin-dataloader';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin, { resolveNodes } from '@pothos/plugin-relay';
import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from './context.ts';
import { DATE_TIME_FORM, parseDateTime } from './date-time.ts';
import { encodeGlobalId, findGlobalId, refuseId } from './global-id.ts';
import { badInput } from './input.ts';
import { UpstreamError, type UpstreamCode } from './upstream/errors.ts';

const hasCode = (error: unknown, code: UpstreamCode): boolean =>
  error instanceof UpstreamError && error.failure.code === code;

/** Nothing by this id is an answer to a lookup, not a failure. */
export const orNull = (error: unknown): null => {
  if (hasCode(error, 'NOT_FOUND')) return null;
  throw error;
};

/** Not being allowed to know is an answer where the question is how many there are. */
export const nullIfForbidden = (error: unknown): null => {
  if (hasCode(error, 'FORBIDDEN')) return null;
  throw error;
};

const capitalize = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** A node, null, or the error it could not be loaded for: a result of its own place in a list and of no other. */
const settleNode = async (node: unknown): Promise<unknown> => {
  const result = await Promise.resolve(node).catch((error: unknown) => error);
  return hasCode(result, 'NOT_FOUND') ? null : result;
};

/** Stands for the type of a refused id, so that it fails in its own place and not as the whole argument. */
const REFUSED = '';

/** The one Pothos builder: plugins, scalars, and what holds for every type. It defines no noun. */
export const builder = new SchemaBuilder<{
  Context: Context;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
  };
}>({
  // Errors goes first: it wraps what the others resolve.
  plugins: [ErrorsPlugin, RelayPlugin, DataloaderPlugin],
  errors: {
    defaultTypes: [],
    defaultUnionOptions: {
      name: ({ fieldName }) => `${capitalize(fieldName)}Result`,
      description: 'What was changed, or why it was refused.',
    },
    defaultResultOptions: {
      name: ({ fieldName }) => `${capitalize(fieldName)}Success`,
      description: 'The change was made.',
    },
  },
  relay: {
    encodeGlobalID: (typename, id) => encodeGlobalId(typename, String(id)),
    decodeGlobalID: (id) => findGlobalId(id) ?? { typename: REFUSED, id },
    cursorType: 'String',
    nodeTypeOptions: {
      description: 'Something that can be asked for again by its `id`.',
    },
    idFieldOptions: { description: 'Names this object towards this gateway.' },
    pageInfoTypeOptions: { description: 'Where a page of a connection lies.' },
    hasNextPageFieldOptions: { description: 'Whether items follow, or may.' },
    hasPreviousPageFieldOptions: { description: 'Whether items come before.' },
    startCursorFieldOptions: { description: 'Cursor of the first item; null where the page is empty.' },
    endCursorFieldOptions: {
      description:
        'Where the next page goes on, to be passed as `after`: the cursor of the last item, or of a place behind it where more ' +
        'was looked through. Null where the page is empty and none follows.',
    },
    nodeQueryOptions: {
      description:
        'Anything by its `id`, or null where there is nothing. An id names its platform and type, and is refused with ' +
        'BAD_USER_INPUT when it was not made by this gateway. Costs at most one upstream request.',
      args: { id: { description: 'The value of an `id` field.' } },
      resolve: (_root, { id }, _context, _info, resolveNode) => {
        if (id.typename === REFUSED) throw refuseId();
        return settleNode(resolveNode(id));
      },
    },
    nodesQueryOptions: {
      // The list, too: an id that is refused must not take the rest of the query with it.
      nullable: { list: true, items: true },
      description:
        'Several things by their `id`s, in the same order, with null where there is nothing. At most 100; ids of one ' +
        'type are asked for together where upstream allows it.',
      args: { ids: { description: 'Values of `id` fields, at most 100.' } },
      resolve: (_root, { ids }, context, info) => findNodes(ids, context, info),
    },
  },
});

type NodeId = { readonly typename: string; readonly id: string };

/** A node, null or an error for each id, each in its own place. */
const findNodes = async (
  ids: readonly NodeId[],
  context: Context,
  info: GraphQLResolveInfo,
): Promise<unknown[]> => {
  if (ids.length > 100) throw badInput('ids', `must hold at most 100 ids, not ${ids.length}.`);
  const isRefused = ({ typename }: NodeId) => typename === REFUSED;
  const nodes = await resolveNodes(
    builder,
    context,
    info,
    ids.map((id) => (isRefused(id) ? null : id)),
  );
  return Promise.all(ids.map(async (id, index) => (isRefused(id) ? refuseId() : settleNode(nodes[index]))));
};

builder.scalarType('DateTime', {
  description:
    'An instant in ISO 8601, in UTC and with milliseconds, such as `2026-11-02T09:20:00.000Z`. Taken are also times with an ' +
    'offset, without milliseconds or seconds, and a date alone, which is its first instant in UTC; no time without `Z` or an ' +
    'offset, and no day that there is not.',
  serialize: (value) => value.toISOString(),
  parseValue: (value) => {
    const date = typeof value === 'string' ? parseDateTime(value) : null;
    if (date === null) throw badInput('DateTime', `must be ${DATE_TIME_FORM}.`);
    return date;
  },
});

builder.queryType({ description: 'Everything that can be read, from both platforms.' });
builder.mutationType({ description: 'Everything that can be changed.' });
builder.subscriptionType({ description: 'What happens, told as it happens.' });

/** The types of this builder, for functions that take one of its references. */
export type BuilderTypes = (typeof builder)['$inferSchemaTypes'] & object;

/** What makes the fields of an input, for those that several inputs share. */
export type InputFields = PothosSchemaTypes.InputFieldBuilder<BuilderTypes, 'InputObject'>;
