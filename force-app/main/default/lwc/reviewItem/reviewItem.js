import { LightningElement, api } from 'lwc';
import { contactUrl, dayOf, money } from 'c/display';
import { format } from 'c/messages';
import choose from '@salesforce/label/c.ReviewItem_Choose';
import suggested from '@salesforce/label/c.ReviewItem_Suggested';
import then from '@salesforce/label/c.ReviewItem_Then';
import ask from '@salesforce/label/c.ReviewItem_Ask';
import never from '@salesforce/label/c.ReviewItem_Never';
import before from '@salesforce/label/c.ReviewItem_Before';
import decided from '@salesforce/label/c.ReviewItem_Decided';
import confidence from '@salesforce/label/c.DonorInsight_Confidence';
import approve from '@salesforce/label/c.ReviewItem_Approve';
import skip from '@salesforce/label/c.ReviewItem_Skip';

const sentences = (text) => (text ? text.split('; ') : []);

/**
 * One suggestion: who, what, why, what was before and what changes once it is approved. Fires `choose`, `approve`, `skip`, and
 * `overridechange` once a person chose another segment.
 */
export default class ReviewItem extends LightningElement {
    @api item;
    @api isChosen = false;
    @api canApprove = false;
    @api isSaving = false;
    labels = { skip };

    get url() {
        return contactUrl(this.item.contactId);
    }

    get chooseText() {
        return format(choose, this.item.donor);
    }

    get approveLabel() {
        return this.canApprove ? approve : undefined;
    }

    get suggestedText() {
        return format(suggested, this.item.suggestedLabel);
    }

    get confidenceText() {
        return format(confidence, this.item.confidenceLabel);
    }

    get beforeText() {
        const { approvedLabel, approvedBy, approvedAt } = this.item;
        return approvedLabel ? format(before, format(decided, approvedLabel, approvedBy, dayOf(approvedAt))) : never;
    }

    get thenText() {
        const { suggestedLabel, nextStep, suggestedAsk } = this.item;
        const parts = [format(then, suggestedLabel), nextStep, suggestedAsk == null ? undefined : format(ask, money(suggestedAsk))];
        return parts.filter(Boolean).join(' ');
    }

    get helps() {
        return sentences(this.item.helps);
    }

    get holdsBack() {
        return sentences(this.item.holdsBack);
    }

    get choice() {
        return { suggested: this.item.suggested, suggestedLabel: this.item.suggestedLabel };
    }

    tick(event) {
        this.fire('choose', { profileId: this.item.profileId, isChosen: event.target.checked });
    }

    approve() {
        this.fire('approve', this.item);
    }

    skip() {
        this.fire('skip', this.item.profileId);
    }

    changed() {
        this.fire('overridechange');
    }

    fire(name, detail) {
        this.dispatchEvent(new CustomEvent(name, { detail }));
    }
}
