import { readdirSync, readFileSync } from 'node:fs';
import {
  parse,
  TypeInfo,
  valueFromASTUntyped,
  visit,
  visitWithTypeInfo,
  type OperationDefinitionNode,
} from 'graphql';
import { schema } from '../../src/schema/index.ts';

/** How an example operation uses a field: arguments that are known to be good. */
export interface FieldExample {
  /** Such as `Mutation.placeCall`. */
  readonly field: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly file: string;
}

const folder = new URL('../../schema/operations/', import.meta.url);

const defaultsOf = ({ variableDefinitions = [] }: OperationDefinitionNode) =>
  Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)]],
    ),
  );

const readExamples = (file: string): readonly FieldExample[] => {
  const document = parse(readFileSync(new URL(file, folder), 'utf8'));
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === 'OperationDefinition',
  );
  const variables = operation === undefined ? {} : defaultsOf(operation);
  const info = new TypeInfo(schema);
  const found: FieldExample[] = [];
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: ({ name, arguments: args = [] }) => {
        const given = args.map(({ name: { value: argument }, value }) => [
          argument,
          valueFromASTUntyped(value, variables),
        ]);
        found.push({
          field: `${info.getParentType()?.name}.${name.value}`,
          args: Object.fromEntries(given.filter(([, value]) => value !== undefined)),
          file,
        });
      },
    }),
  );
  return found;
};

/** Every use of every field in `schema/operations`, with the variables at their defaults. */
export const fieldExamples: readonly FieldExample[] = readdirSync(folder, {
  recursive: true,
  encoding: 'utf8',
})
  .filter((name) => name.endsWith('.graphql'))
  .map((name) => name.replaceAll('\\', '/'))
  .toSorted()
  .flatMap(readExamples);

/** The arguments of the first example of a field; undefined where there is none. */
export const exampleOf = (field: string): Readonly<Record<string, unknown>> | undefined =>
  fieldExamples.find((example) => example.field === field)?.args;
