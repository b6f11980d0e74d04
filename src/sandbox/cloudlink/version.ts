/** The version segment every service of the public program has (facts §1.2). */
export const VERSION = '2017-09-01';
