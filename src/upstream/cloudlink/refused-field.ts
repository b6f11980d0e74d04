import { UpstreamError } from '../errors.ts';

/** A part of an input: how upstream calls it, and how we do. `ours` is a replacement as `String.replace` takes it. */
export interface FieldName {
  readonly upstream: RegExp;
  readonly ours: string;
  /** What is allowed there, where it is a closed list. */
  readonly allowedValues?: readonly string[];
}

/**
 * Tells which part of our input upstream refused, and what is allowed there: to be put after the `catch` of a write.
 * Whatever it catches it throws.
 */
export const inOurFields =
  (names: readonly FieldName[]) =>
  (error: unknown): never => {
    if (!(error instanceof UpstreamError) || error.failure.field === undefined) throw error;
    const { field } = error.failure;
    const name = names.find(({ upstream }) => upstream.test(field));
    if (name === undefined) throw error;
    throw new UpstreamError({
      ...error.failure,
      field: field.replace(name.upstream, name.ours),
      allowedValues: name.allowedValues,
    });
  };
