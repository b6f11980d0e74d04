/** The record without these fields. */
export const omit = <T extends object, K extends keyof T>(record: T, ...names: readonly K[]): Omit<T, K> => {
  const left: ReadonlySet<PropertyKey> = new Set(names);
  return Object.fromEntries(Object.entries(record).filter(([name]) => !left.has(name))) as Omit<T, K>;
};
