import { LightningElement, api } from 'lwc';
import locale from '@salesforce/i18n/locale';
import timeZone from '@salesforce/i18n/timeZone';
import { format } from 'c/messages';
import fresh from '@salesforce/label/c.FreshnessBadge_Fresh';
import staleLabel from '@salesforce/label/c.FreshnessBadge_Stale';

const DATE = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone });
const DAYS_AGO = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
const DAY = 24 * 60 * 60 * 1000;

/** The number of the calendar day in the person's own time zone. */
function dayOf(moment) {
    const [year, month, day] = new Intl.DateTimeFormat('en-CA', { timeZone }).format(moment).split('-').map(Number);
    return Date.UTC(year, month - 1, day) / DAY;
}

/** When the answer was worked out, and a warning once it has expired. */
export default class FreshnessBadge extends LightningElement {
    @api scoredAt;
    @api expiresAt;
    @api stale = false;
    labels = { stale: staleLabel };

    get text() {
        const days = dayOf(new Date(this.scoredAt)) - dayOf(new Date());
        return format(fresh, DAYS_AGO.format(days, 'day'), DATE.format(new Date(this.expiresAt)));
    }
}
