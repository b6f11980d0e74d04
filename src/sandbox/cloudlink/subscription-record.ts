/** What somebody asks for: one topic and its filters, told at one address (facts §8.1). */
export interface Wish {
  readonly transport: string;
  readonly topic: string;
  readonly subjectFilter?: string;
  readonly method?: string;
  readonly publicationFilter?: string;
  /** The address of the webhook, whatever its name says. */
  readonly deviceId: string;
  readonly applicationId: string;
}

export interface Subscription extends Wish {
  /** 32 hexadecimal digits (facts §3.5). */
  readonly subscriptionId: string;
  readonly accountId: string;
  readonly principalId: string;
  readonly createdOn: string;
  readonly expiresOn: string;
  /** Whether its filters let a publication through. */
  readonly wants: (publication: Publishable) => boolean;
}

/** As much of a publication as filters look at. */
export interface Publishable {
  readonly topic: string;
  readonly method: string;
  readonly subject: string;
}

export const isLive = ({ expiresOn }: Subscription, now: number): boolean => Date.parse(expiresOn) > now;
