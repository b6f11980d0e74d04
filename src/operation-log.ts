import type { GraphQLError } from 'graphql';
import { principalOf, type Credentials } from './auth.ts';
import { isUnexpected, maskError, originOf } from './errors.ts';
import type { Logger } from './logger.ts';
import { UpstreamError } from './upstream/errors.ts';

const unique = <Value>(values: readonly Value[], keyOf: (value: Value) => unknown): readonly Value[] => [
  ...new Map(values.map((value) => [keyOf(value), value])).values(),
];

/** What went wrong upstream, each failure once: also what clients are not told, such as `ECONNRESET`. */
const failuresOf = (errors: readonly unknown[]) =>
  unique(
    errors
      .map(originOf)
      .filter((origin) => origin instanceof UpstreamError)
      .map(({ failure: { code, platform, status, correlationId, reason } }) => ({
        code,
        platform,
        status,
        correlationId,
        reason,
      })),
    (failure) => JSON.stringify(failure),
  );

const describe = (errors: readonly unknown[] | undefined) => {
  if (errors === undefined) return {};
  const failures = failuresOf(errors);
  return {
    errors: unique(
      errors.map((error) => maskError(error).extensions['code']),
      (code) => code,
    ),
    ...(failures.length > 0 && { failures }),
  };
};

type Fields = Readonly<Record<string, unknown>> & { readonly requestId: string | null };

/** What operations leave in the log, over whichever transport they come. */
export interface OperationLog {
  /** One line for an operation that was carried out. */
  done(fields: Fields, errors: readonly unknown[] | undefined): void;
  /** The same for one that was refused before it began, without a word of its document. */
  refused(
    request: { readonly requestId: string | null; readonly credentials: Credentials },
    errors: readonly unknown[] | undefined,
  ): void;
  /** One line for a subscription that is over. */
  ended(fields: Fields, error?: unknown): void;
  /** One line for each fault of this gateway among these errors, with what was thrown; none for one that was told before. */
  faults(requestId: string | null, errors: readonly GraphQLError[] | undefined): void;
}

export const createOperationLog = (log: Logger): OperationLog => {
  /** Where each thing was thrown that has its line. */
  const told = new WeakMap<Error, Set<string | undefined>>();
  return {
    done: (fields, errors) => log.info({ ...fields, ...describe(errors) }, 'operation'),
    refused: ({ requestId, credentials }, errors) => {
      const principal = principalOf(credentials);
      log.info({ requestId, operation: null, kind: null, principal, ...describe(errors) }, 'operation');
    },
    ended: (fields, error) =>
      log.info({ ...fields, ...(error !== undefined && describe([error])) }, 'subscription ended'),
    faults: (requestId, errors = []) => {
      for (const error of errors.map(maskError)) {
        const { originalError: thrown } = error;
        if (!isUnexpected(error) || thrown === undefined) continue;
        const path = error.path?.join('.');
        const places = told.get(thrown) ?? new Set();
        if (places.has(path)) continue;
        told.set(thrown, places.add(path));
        log.error({ requestId, path, err: thrown }, 'unexpected error');
      }
    },
  };
};
