import SchemaBuilder from '@pothos/core';
import DataloaderPlugin from '@pothos/plugin-dataloader';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import type { Context } from './context.ts';
import { decodeGlobalId, encodeGlobalId } from './global-id.ts';
import { badInput } from './input.ts';
import { UpstreamError } from './upstream/errors.ts';

/** Nothing by this id is an answer to a lookup, not a failure. */
export const orNull = (error: unknown): null => {
  if (error instanceof UpstreamError && error.failure.code === 'NOT_FOUND') return null;
  throw error;
};

const capitalize = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** The one Pothos builder: plugins, scalars, and what holds for every type. It defines no noun. */
export const builder = new SchemaBuilder<{
  Context: Context;
  Scalars: { ID: { Input: string; Output: string }; DateTime: { Input: Date; Output: Date } };
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
    decodeGlobalID: decodeGlobalId,
    cursorType: 'String',
    nodeTypeOptions: {
      description: 'Something that can be asked for again by its `id`.',
    },
    pageInfoTypeOptions: { description: 'Where a page of a connection lies.' },
    nodeQueryOptions: {
      description:
        'Anything by its `id`, or null where there is nothing. An id names its platform and type, and is refused with ' +
        'BAD_USER_INPUT when it was not made by this gateway. Costs at most one upstream request.',
      args: { id: { description: 'The value of an `id` field.' } },
      resolve: async (_root, { id }, _context, _info, resolveNode) =>
        Promise.resolve(resolveNode(id)).catch(orNull),
    },
    nodesQueryOptions: {
      description:
        'Several things by their `id`s, in the same order, with null where there is nothing. At most 100; ids of one ' +
        'type are asked for together where upstream allows it.',
      args: { ids: { description: 'Values of `id` fields, at most 100.' } },
      resolve: async (_root, { ids }, _context, _info, resolveNodes) => {
        if (ids.length > 100) {
          throw badInput('ids', `must hold at most 100 ids, not ${ids.length}.`);
        }
        const nodes = await resolveNodes(ids);
        return Promise.all(nodes.map((node) => Promise.resolve(node).catch(orNull)));
      },
    },
  },
});

builder.scalarType('DateTime', {
  description: 'An instant in ISO 8601, in UTC and with milliseconds, such as `2026-11-02T09:20:00.000Z`.',
  serialize: (value) => value.toISOString(),
  parseValue: (value) => {
    const date = typeof value === 'string' ? new Date(value) : new Date(Number.NaN);
    if (Number.isNaN(date.getTime())) {
      throw badInput('DateTime', 'must be an ISO 8601 text such as "2026-11-02T09:20:00.000Z".');
    }
    return date;
  },
});

builder.queryType({ description: 'Everything that can be read, from both platforms.' });
builder.mutationType({ description: 'Everything that can be changed.' });

/** The types of this builder, for functions that take one of its references. */
export type BuilderTypes = (typeof builder)['$inferSchemaTypes'] & object;
