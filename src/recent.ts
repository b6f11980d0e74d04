/** The last things that were kept by their names: at least so many, and at most twice as many. */
export interface Recent<Value> {
  get(name: string): Value | undefined;
  /** Keeps a thing that is not kept yet. */
  add(name: string, value: Value): void;
  delete(name: string): void;
}

/**
 * Forgets by halves, with the map that they are in. A map of which the first is deleted whenever one is added lays out its
 * table anew all the time, and each table refers to the next one: once V8 has moved one of them to where it seldom clears,
 * it keeps all that come after it, with everything that was ever in them.
 */
export const createRecent = <Value>(least: number): Recent<Value> => {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  return {
    get: (name) => young.get(name) ?? old.get(name),
    add: (name, value) => {
      if (young.size === least) {
        old = young;
        young = new Map();
      }
      young.set(name, value);
    },
    delete: (name) => {
      young.delete(name);
      old.delete(name);
    },
  };
};
