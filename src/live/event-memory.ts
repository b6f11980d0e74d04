import { createHash } from 'node:crypto';
import {
  Kind,
  print,
  visit,
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
} from 'graphql';
import { createClearGarbage } from '../clear-garbage.ts';
import { createRecent, type Recent } from '../recent.ts';

/**
 * So many results of a group are kept for those who are a little behind. In a burst each of them outlives what is cleared
 * cheaply, so that more of them would cost memory for as long as a burst lasts.
 */
const LEAST_RESULTS = 64;
/**
 * After so many results what they have left behind is cleared: of each, some 7 kB outlive what V8 clears by itself before
 * the heap has grown to several times what is alive, which in a burst is more than 100 MB (R23). It costs a pause of some
 * 50 ms each time, a twentieth of the time that so many results take; who tells less does not notice.
 */
const CLEARED_AFTER = 2_000;

/** Where the results of events are kept while somebody else may want the same one. */
export interface EventMemory {
  /** Joins all who want the same results. */
  enter(group: string): Membership;
}

/** What somebody has in a group until they leave it. */
export interface Membership {
  /**
   * The result of an event: made once for a group, however many of it want it. Whoever makes it may go before it is done;
   * `until` is aborted when all of the group have gone. What is not `isKept` is for those alone who wait for it already.
   */
  once(
    event: string,
    run: (until: AbortSignal) => Promise<ExecutionResult>,
    isKept: (result: ExecutionResult) => boolean,
  ): Promise<ExecutionResult>;
  /** Ends it, once. */
  leave(): void;
}

interface Group {
  members: number;
  readonly results: Recent<Promise<ExecutionResult>>;
  readonly gone: AbortController;
}

export const createEventMemory = (): EventMemory => {
  const groups = new Map<string, Group>();
  const clearGarbage = createClearGarbage();
  let made = 0;

  const open = (name: string): Group => {
    const group = groups.get(name) ?? {
      members: 0,
      results: createRecent(LEAST_RESULTS),
      gone: new AbortController(),
    };
    groups.set(name, group);
    return group;
  };

  return {
    enter: (name) => {
      const group = open(name);
      const { results, gone } = group;
      group.members += 1;
      return {
        once: (event, run, isKept) => {
          const known = results.get(event);
          if (known !== undefined) return known;
          const result = run(gone.signal);
          made += 1;
          if (made % CLEARED_AFTER === 0) clearGarbage();
          results.add(event, result);
          const forget = () => results.delete(event);
          result.then((told) => isKept(told) || forget(), forget);
          return result;
        },
        leave: () => {
          group.members -= 1;
          if (group.members > 0) return;
          groups.delete(name);
          gone.abort();
        },
      };
    },
  };
};

/**
 * The document without the argument that tells where to go on, and the variables that stand in it alone. It is one of the
 * subscription's own field: below that, the argument of the same name tells which page is read.
 */
const withoutPlace = (document: DocumentNode) => {
  const uses = new Map<string, number>();
  const places = new Set<string>();
  let depth = 0;
  const isBelow = ({ typeCondition }: FragmentDefinitionNode) => typeCondition.name.value !== 'Subscription';
  const rest = visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => {
      uses.set(name.value, (uses.get(name.value) ?? 0) + 1);
    },
    FragmentDefinition: {
      enter: (fragment) => void (depth += isBelow(fragment) ? 1 : 0),
      leave: (fragment) => void (depth -= isBelow(fragment) ? 1 : 0),
    },
    Field: {
      enter: () => void (depth += 1),
      leave: () => void (depth -= 1),
    },
    Argument: {
      leave: ({ name, value }) => {
        if (depth > 1 || name.value !== 'after') return undefined;
        if (value.kind === Kind.VARIABLE) places.add(value.name.value);
        return null;
      },
    },
  });
  return { rest, placeVariables: [...places].filter((name) => uses.get(name) === 1) };
};

const texts = new WeakMap<
  DocumentNode,
  { readonly text: string; readonly placeVariables: readonly string[] }
>();

/** The document as a text, and which of its variables tell the place; found once for each document. */
const textOf = (document: DocumentNode) => {
  const known = texts.get(document);
  if (known !== undefined) return known;
  const { rest, placeVariables } = withoutPlace(document);
  const found = { text: print(rest), placeVariables };
  texts.set(document, found);
  return found;
};

/** The same for two subscriptions of one principal that answer every event alike, wherever they began. */
export const nameGroup = (
  principalKey: string,
  document: DocumentNode,
  operationName: string | null,
  variables: Readonly<Record<string, unknown>>,
): string => {
  const { text, placeVariables } = textOf(document);
  const rest = Object.entries(variables).filter(([name]) => !placeVariables.includes(name));
  return createHash('sha256')
    .update(
      JSON.stringify([
        principalKey,
        text,
        operationName,
        rest.toSorted(([one], [other]) => (one < other ? -1 : 1)),
      ]),
    )
    .digest('base64url');
};
