import {
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  type SelectionSetNode,
} from 'graphql';

interface Selected {
  readonly field: GraphQLField<unknown, unknown>;
  readonly node: FieldNode;
}

/** Whether a fragment on `condition` can apply to objects of `type`. */
const applies = (
  condition: string | undefined,
  type: GraphQLNamedType,
  { schema }: GraphQLResolveInfo,
): boolean => {
  if (condition === undefined || condition === type.name) return true;
  const other = schema.getType(condition);
  return isAbstractType(other) && isObjectType(type) && schema.isSubType(other, type);
};

/** The fields selected on `type`, fragments included. `@skip` is not looked at: a column too many does no harm. */
const selectedOn = (
  type: GraphQLNamedType,
  selections: SelectionSetNode | undefined,
  info: GraphQLResolveInfo,
): Selected[] =>
  (selections?.selections ?? []).flatMap((selection): Selected[] => {
    if (selection.kind === Kind.FIELD) {
      const field =
        isObjectType(type) || isInterfaceType(type) ? type.getFields()[selection.name.value] : undefined;
      return field === undefined ? [] : [{ field, node: selection }];
    }
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : info.fragments[selection.name.value];
    if (fragment === undefined || !applies(fragment.typeCondition?.name.value, type, info)) return [];
    return selectedOn(type, fragment.selectionSet, info);
  });

const descend = (selected: readonly Selected[], name: string, info: GraphQLResolveInfo): Selected[] =>
  selected
    .filter(({ field }) => field.name === name)
    .flatMap(({ field, node }) => selectedOn(getNamedType(field.type), node.selectionSet, info));

/**
 * The fields that a query selects of what the current field gives, at the end of any of these paths: `[]` for the
 * object itself, `['edges', 'node']` and `['nodes']` for a connection.
 */
export const selectedFields = (
  info: GraphQLResolveInfo,
  paths: readonly (readonly string[])[],
): GraphQLField<unknown, unknown>[] => {
  const type = getNamedType(info.returnType);
  const top = info.fieldNodes.flatMap((node) => selectedOn(type, node.selectionSet, info));
  return paths.flatMap((path) =>
    path.reduce((selected, name) => descend(selected, name, info), top).map(({ field }) => field),
  );
};
