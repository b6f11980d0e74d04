/** An object each of whose values is made when it is first asked for, and kept. */
export const lazily = <Values extends object>(makers: {
  readonly [Name in keyof Values]: () => Values[Name];
}): Values => {
  const values = {} as Values;
  for (const name of Object.keys(makers) as (keyof Values)[]) {
    Object.defineProperty(values, name, {
      configurable: true,
      enumerable: true,
      get: () => {
        const value = makers[name]();
        Object.defineProperty(values, name, { value });
        return value;
      },
    });
  }
  return values;
};
