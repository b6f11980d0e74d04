import { getNamedType, isLeafType, isObjectType } from 'graphql';
import { schema } from '../../src/schema/index.ts';

/** A document that asks for one field with arguments as variables, and for no more of its answer than its type. */
export const callOf = (
  parent: string,
  field: string,
  args: Readonly<Record<string, unknown>>,
  around: (call: string) => string = (call) => call,
): { readonly query: string; readonly variables: Readonly<Record<string, unknown>> } => {
  const type = schema.getType(parent);
  const definition = isObjectType(type) ? type.getFields()[field] : undefined;
  if (definition === undefined) throw new Error(`there is no field ${parent}.${field}`);
  const given = definition.args.filter(({ name }) => args[name] !== undefined);
  const parameters = given.map(({ name, type: argument }) => `$${name}: ${String(argument)}`).join(', ');
  const values = given.map(({ name }) => `${name}: $${name}`).join(', ');
  const selection = isLeafType(getNamedType(definition.type)) ? '' : ' { __typename }';
  const call = `${field}${values && `(${values})`}${selection}`;
  const kind = parent === 'Mutation' || parent === 'Subscription' ? parent.toLowerCase() : 'query';
  return { query: `${kind} ${parameters && `(${parameters})`} { ${around(call)} }`, variables: args };
};
