import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type DefinitionNode,
  type FieldNode,
  type ValidationContext,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';

const keyOf = ({ alias, name }: FieldNode): string => (alias ?? name).value;

/** JavaScript takes an object with a `then` for a promise, and so does whatever waits for an answer. */
const noThenRule = (context: ValidationContext): ASTVisitor => ({
  Field: (node) => {
    if (keyOf(node) !== 'then') return;
    const message = 'No field can be answered under the name `then`: give it another alias.';
    context.reportError(new GraphQLError(message, { nodes: node }));
  },
});

/** One operation signs in once at most: nobody tries a list of passwords upstream with a single request. */
const oneSignInRule = (context: ValidationContext): ASTVisitor => {
  const keys = new Map<DefinitionNode, string[]>();
  let current: string[] = [];
  const startDefinition = (node: DefinitionNode) => {
    current = [];
    keys.set(node, current);
  };
  return {
    OperationDefinition: startDefinition,
    FragmentDefinition: startDefinition,
    Field: (node) => {
      if (node.name.value === 'signIn') current.push(keyOf(node));
    },
    Document: {
      leave: ({ definitions }) => {
        for (const operation of definitions) {
          if (operation.kind !== Kind.OPERATION_DEFINITION) continue;
          const parts = [operation, ...context.getRecursivelyReferencedFragments(operation)];
          // What has the same key in the answer is one field, however often it is written.
          const { size } = new Set(parts.flatMap((part) => keys.get(part) ?? []));
          if (size <= 1) continue;
          const message = `\`signIn\` may stand in an operation once, not ${size} times.`;
          context.reportError(
            new GraphQLError(message, { nodes: operation, extensions: { code: 'BAD_USER_INPUT' } }),
          );
        }
      },
    },
  };
};

/** What a document may not ask for although it fits the schema. */
export const useDocumentRules = (): Plugin => ({
  onValidate: ({ addValidationRule }) => {
    addValidationRule(noThenRule);
    addValidationRule(oneSignInRule);
  },
});
