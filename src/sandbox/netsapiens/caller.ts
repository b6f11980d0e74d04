/** Who is asking: the token's scope, and where its owner belongs. */
export interface Caller {
  readonly uid: string;
  readonly clientId: string;
  readonly scope: string;
  readonly domain: string;
  readonly territory: string;
  readonly site: string;
}
