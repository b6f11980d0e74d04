/** What a handler answers: the body is any JSON value. Refusals are thrown as a `Failure` instead. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}
