import { LightningElement, api } from 'lwc';
import good from '@salesforce/label/c.StatusTile_Good';
import watch from '@salesforce/label/c.StatusTile_Watch';
import bad from '@salesforce/label/c.StatusTile_Bad';
import off from '@salesforce/label/c.StatusTile_Off';

const TONES = {
    good: { text: good, icon: 'utility:success', variant: 'success' },
    watch: { text: watch, icon: 'utility:warning', variant: 'warning' },
    bad: { text: bad, icon: 'utility:error', variant: 'error' },
    off: { text: off, icon: 'utility:info' }
};

/** One thing an administrator looks after: how it stands, what to do, and a button where a click can help; fires `act`. */
export default class StatusTile extends LightningElement {
    /** `{ key, title, tone: good | watch | bad | off, value, todo, action }`. */
    @api tile;
    @api busy = false;

    get boxClass() {
        return `slds-box slds-box_x-small tile ${this.tile.tone}`;
    }

    get icon() {
        return TONES[this.tile.tone].icon;
    }

    get variant() {
        return TONES[this.tile.tone].variant;
    }

    get toneText() {
        return TONES[this.tile.tone].text;
    }

    act() {
        this.dispatchEvent(new CustomEvent('act', { detail: this.tile.key }));
    }
}
