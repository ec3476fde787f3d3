import { createElement } from 'lwc';
import { getPicklistValues } from 'lightning/uiObjectInfoApi';
import FeedbackForm from 'c/feedbackForm';

describe('c-feedback-form', () => {
    let element;
    let sent;
    const field = (name) => element.shadowRoot.querySelector(`[data-field="${name}"]`);
    const click = (name) => element.shadowRoot.querySelector(`[data-action="${name}"]`).click();
    const receive = (fieldName, values) =>
        getPicklistValues.emit({ values }, (config) => config.fieldApiName.fieldApiName === fieldName);

    beforeEach(() => {
        element = createElement('c-feedback-form', { is: FeedbackForm });
        element.heading = 'Not useful';
        sent = jest.fn();
        element.addEventListener('send', (event) => sent(event.detail));
        document.body.appendChild(element);
    });

    afterEach(() => document.body.replaceChildren());

    it("offers the org's own parts and outcomes, each in its field", async () => {
        receive('About__c', [{ label: 'Betrag', value: 'Amount' }]);
        receive('Contact_Outcome__c', [{ label: 'Abgelehnt', value: 'Declined' }]);
        await Promise.resolve();
        expect(field('about').options).toEqual([{ label: 'Betrag', value: 'Amount' }]);
        expect(field('contactOutcome').options).toEqual([{ label: 'Abgelehnt', value: 'Declined' }]);
        await expect(element).toBeAccessible();
    });

    it('sends what was entered', () => {
        Object.assign(field('about'), { value: 'Amount' });
        Object.assign(field('contactOutcome'), { value: 'Declined' });
        Object.assign(field('note'), { value: 'Asked too early' });
        click('send');
        expect(sent).toHaveBeenCalledWith({ about: 'Amount', contactOutcome: 'Declined', note: 'Asked too early' });
    });

    it('demands nothing', () => {
        click('send');
        expect(sent).toHaveBeenCalledWith({ about: null, contactOutcome: null, note: null });
    });

    it('sends nothing when it is closed', () => {
        const cancelled = jest.fn();
        element.addEventListener('cancel', cancelled);
        click('cancel');
        expect(cancelled).toHaveBeenCalledTimes(1);
        expect(sent).not.toHaveBeenCalled();
    });

    it('cannot be sent twice while it is being saved', async () => {
        element.isSaving = true;
        await Promise.resolve();
        expect(element.shadowRoot.querySelector('[data-action="send"]').disabled).toBe(true);
    });
});
