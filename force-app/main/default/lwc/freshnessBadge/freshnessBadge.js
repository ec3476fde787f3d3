import { LightningElement, api } from 'lwc';
import fresh from '@salesforce/label/c.FreshnessBadge_Fresh';
import staleLabel from '@salesforce/label/c.FreshnessBadge_Stale';
import validUntil from '@salesforce/label/c.FreshnessBadge_ValidUntil';

/** When the answer was worked out, and a warning once it has expired. */
export default class FreshnessBadge extends LightningElement {
    @api scoredAt;
    @api expiresAt;
    @api stale = false;
    labels = { fresh, stale: staleLabel, validUntil };
}
