import { UpstreamError } from '../errors.ts';

/** A part of an input: how upstream calls it, and how we do. `ours` is a replacement as `String.replace` takes it. */
export interface FieldName {
  readonly upstream: RegExp;
  readonly ours: string;
  /** What is allowed there, where it is a closed list. */
  readonly allowedValues?: readonly string[];
}

/** The same error, which tells the part of our input that upstream refused, and what is allowed there. */
export const toOurFields =
  (names: readonly FieldName[]) =>
  <Failure>(error: Failure): Failure | UpstreamError => {
    if (!(error instanceof UpstreamError) || error.failure.field === undefined) return error;
    const { field } = error.failure;
    const name = names.find(({ upstream }) => upstream.test(field));
    if (name === undefined) return error;
    return new UpstreamError({
      ...error.failure,
      field: field.replace(name.upstream, name.ours),
      allowedValues: name.allowedValues,
    });
  };

/** Throws {@link toOurFields} of whatever it is given: to be put after the `catch` of a write. */
export const inOurFields = (names: readonly FieldName[]) => {
  const toOurs = toOurFields(names);
  return (error: unknown): never => {
    throw toOurs(error);
  };
};
