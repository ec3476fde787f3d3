import { LightningElement, api } from 'lwc';
import locale from '@salesforce/i18n/locale';
import { format } from 'c/messages';
import title from '@salesforce/label/c.ScoreTrend_Title';
import fromTo from '@salesforce/label/c.ScoreTrend_FromTo';

const MONTH = new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' });
const MONTH_AND_YEAR = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
const WIDTH = 200;
const HEIGHT = 40;
const EDGE = 4;

/** `2026-10`, counted in months, so that a month without a score leaves its gap. */
function monthOf(point) {
    const [year, month] = point.month.split('-').map(Number);
    return year * 12 + month - 1;
}

/** The likelihood month by month: a line for the eye, and the same in words for everybody. Nothing to show before the second month. */
export default class ScoreTrend extends LightningElement {
    @api points = [];
    title = title;
    viewBox = `0 0 ${WIDTH} ${HEIGHT}`;

    get isTrend() {
        return this.points?.length > 1;
    }

    get first() {
        return this.points[0];
    }

    get last() {
        return this.points[this.points.length - 1];
    }

    get text() {
        const isOneYear = this.first.month.slice(0, 4) === this.last.month.slice(0, 4);
        const name = (point) => (isOneYear ? MONTH : MONTH_AND_YEAR).format(new Date(`${point.month}-01T00:00:00Z`));
        const score = (point) => Math.round(point.score);
        return format(fromTo, score(this.first), name(this.first), score(this.last), name(this.last));
    }

    /** The scale is 0 to 100 whatever the scores are: a small change must look small. */
    get spots() {
        const start = monthOf(this.first);
        const months = monthOf(this.last) - start || 1;
        return this.points.map((point) => ({
            x: EDGE + ((monthOf(point) - start) / months) * (WIDTH - 2 * EDGE),
            y: EDGE + (1 - point.score / 100) * (HEIGHT - 2 * EDGE)
        }));
    }

    get line() {
        return this.spots.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
    }

    get end() {
        return this.spots[this.spots.length - 1];
    }
}
