import { LightningElement, api } from 'lwc';
import timeZone from '@salesforce/i18n/timeZone';
import title from '@salesforce/label/c.HealthRuns_Title';
import started from '@salesforce/label/c.HealthRuns_Started';
import status from '@salesforce/label/c.HealthRuns_Status';
import mode from '@salesforce/label/c.HealthRuns_Mode';
import changed from '@salesforce/label/c.HealthRuns_Changed';
import refused from '@salesforce/label/c.HealthRuns_Refused';
import apiCalls from '@salesforce/label/c.HealthRuns_ApiCalls';
import message from '@salesforce/label/c.HealthRuns_Message';

/** The last two weeks of runs, the latest first. A table of our own: a message must be readable whole. */
export default class HealthRuns extends LightningElement {
    @api runs = [];
    labels = { title };
    timeZone = timeZone;
    columns = [started, status, mode, changed, refused, apiCalls, message];
}
