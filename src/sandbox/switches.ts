/**
 * The quirks that differ between builds and providers, each named for the assumption it turns
 * (cloudlink.md section 12: `cloudlink…`; subscriber-api.md section 12: `legacy…`).
 */
export interface Switches {
  /** CloudLink A-04: answer 400 where `X-Mitel-App` is missing. */
  cloudlinkRequireApp: boolean;
  /** CloudLink A-08: requests a second and token before 429; 0 is off. */
  cloudlinkRateLimit: number;
  /** CloudLink A-08: the form of `Retry-After`. */
  cloudlinkRetryAfter: 'date' | 'seconds';
  /** CloudLink §3.3: leave `_embedded` out of an empty collection. */
  cloudlinkOmitEmptyEmbedded: boolean;
  /** Legacy A-01: how long a used refresh token stays good. */
  legacyRefreshGraceMs: number;
  /** Legacy A-03: the answer to wrong credentials. */
  legacyBadCredentials: '401' | '400-json' | '200-without-token';
  /** Legacy A-04: the form of the `warning` header. */
  legacyWarning: 'plain' | '199';
  /** Legacy A-06: refuse parameters that are not documented. */
  legacyStrictParameters: boolean;
  /** Legacy A-08: the answer outside the caller's scope. */
  legacyOutOfScope: '403' | '401' | 'empty';
  /** Legacy A-09: status for an unknown object or action. */
  legacyUnknownOperation: 404 | 400;
  /** Legacy A-19: rows at most in any answer, silently; 0 is no cap. */
  legacyRowCap: number;
  /** Legacy A-20: what an empty result looks like. */
  legacyEmpty: 'array' | 'object' | 'blank' | 'null-record';
  /** Legacy A-21: strings as in 40.x, or numbers wherever the text looks like one, as in 41+. */
  legacyTyping: 'strings' | 'numeric';
  /** Legacy §3.4: the shape of records in JSON. */
  legacyRecords: 'array' | 'bare-when-single' | 'indexed-object';
  /** Legacy A-22: status for an update or delete of somebody who is not there. */
  legacyMissingTarget: 404 | 202;
  /** Legacy A-23: status for a create of somebody who is there already. */
  legacyDuplicate: 409 | 400;
  /** Legacy A-25: how long after its 202 a write becomes visible. */
  legacyWriteDelayMs: number;
  /** Legacy A-29: the limits of SkySwitch with their headers. */
  legacyRateLimit: boolean;
  /** Legacy §3.2: label JSON as `text/html`, as some servers do. */
  legacyMislabelJson: boolean;
}

export const defaultSwitches: Readonly<Switches> = {
  cloudlinkRequireApp: false,
  cloudlinkRateLimit: 0,
  cloudlinkRetryAfter: 'date',
  cloudlinkOmitEmptyEmbedded: true,
  legacyRefreshGraceMs: 0,
  legacyBadCredentials: '401',
  legacyWarning: 'plain',
  legacyStrictParameters: false,
  legacyOutOfScope: '403',
  legacyUnknownOperation: 404,
  legacyRowCap: 0,
  legacyEmpty: 'array',
  legacyTyping: 'strings',
  legacyRecords: 'array',
  legacyMissingTarget: 404,
  legacyDuplicate: 409,
  legacyWriteDelayMs: 300,
  legacyRateLimit: false,
  legacyMislabelJson: false,
};
