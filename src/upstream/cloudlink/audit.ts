import { toDate, toText, type Resource } from '../decode.ts';

/** Who made and last changed a resource, and when (facts §3.5). Principals are CloudLink ids. */
export interface Audit {
  readonly createdAt: Date | null;
  readonly createdBy: string | null;
  readonly modifiedAt: Date | null;
  readonly modifiedBy: string | null;
}

export const toAudit = (resource: Resource): Audit => ({
  createdAt: toDate(resource['createdOn']),
  createdBy: toText(resource['createdBy']),
  modifiedAt: toDate(resource['modifiedOn']),
  modifiedBy: toText(resource['modifiedBy']),
});
