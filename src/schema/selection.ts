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
} from 'graphql';

type Field = GraphQLField<unknown, unknown>;

/** What is selected on one type: every mention of a field, and a field may be mentioned often. */
interface Level {
  readonly type: GraphQLNamedType;
  readonly nodes: readonly FieldNode[];
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

const fieldOf = (type: GraphQLNamedType, { name }: FieldNode): Field | undefined =>
  isObjectType(type) || isInterfaceType(type) ? type.getFields()[name.value] : undefined;

/**
 * What is selected on `type` below any of these mentions, fragments included, each of them once: a chain of fragments
 * that spread the next one twice would else cost 2^n. `@skip` is not looked at: a column too many does no harm.
 */
const below = (mentions: readonly FieldNode[], type: GraphQLNamedType, info: GraphQLResolveInfo): Level => {
  const sets = mentions.flatMap(({ selectionSet }) => selectionSet ?? []);
  const spread = new Set<string>();
  const nodes: FieldNode[] = [];
  // The list grows while it is walked: what a fragment holds comes last.
  for (const { selections } of sets) {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        nodes.push(selection);
        continue;
      }
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (spread.has(selection.name.value)) continue;
        spread.add(selection.name.value);
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : info.fragments[selection.name.value];
      if (fragment !== undefined && applies(fragment.typeCondition?.name.value, type, info))
        sets.push(fragment.selectionSet);
    }
  }
  return { type, nodes };
};

const descend = ({ type, nodes }: Level, name: string, info: GraphQLResolveInfo): Level => {
  const mentions = nodes.filter((node) => node.name.value === name);
  const field = mentions[0] && fieldOf(type, mentions[0]);
  return field === undefined ? { type, nodes: [] } : below(mentions, getNamedType(field.type), info);
};

const read = (info: GraphQLResolveInfo, paths: readonly (readonly string[])[]): ReadonlySet<Field> => {
  const top = below(info.fieldNodes, getNamedType(info.returnType), info);
  const ends = paths.map((path) => path.reduce((level, name) => descend(level, name, info), top));
  return new Set(ends.flatMap(({ type, nodes }) => nodes.flatMap((node) => fieldOf(type, node) ?? [])));
};

/**
 * Reads the fields that a query selects of what the current field gives, at the end of any of these paths: `[]` for the
 * object itself, `['edges', 'node']` and `['nodes']` for a connection. The work grows with the length of the document,
 * and is done once for all items of a list, which share their mentions of a field.
 */
export const createSelection = (
  ...paths: readonly (readonly string[])[]
): ((info: GraphQLResolveInfo) => ReadonlySet<Field>) => {
  const known = new WeakMap<readonly FieldNode[], ReadonlySet<Field>>();
  return (info) => {
    const fields = known.get(info.fieldNodes) ?? read(info, paths);
    known.set(info.fieldNodes, fields);
    return fields;
  };
};

/**
 * Whether something is selected there that upstream sends only when it is asked to: a field says so by this extension.
 */
export const createNeed = (extension: string, ...paths: readonly (readonly string[])[]) => {
  const selection = createSelection(...paths);
  return (info: GraphQLResolveInfo): boolean =>
    [...selection(info)].some(({ extensions }) => extensions[extension] === true);
};
