import { createElement } from 'lwc';
import { getPicklistValues } from 'lightning/uiObjectInfoApi';
import FeedbackForm from 'c/feedbackForm';

describe('c-feedback-form', () => {
    let element;
    let sent;
    const field = (name) => element.shadowRoot.querySelector(`[data-field="${name}"]`);
    const buttons = () => element.shadowRoot.querySelector('c-form-buttons');
    const press = (name) => buttons().dispatchEvent(new CustomEvent(name));
    const receive = (fieldName, values) =>
        getPicklistValues.emit({ values }, (config) => config.fieldApiName.fieldApiName === fieldName);

    beforeEach(() => {
        element = createElement('c-feedback-form', { is: FeedbackForm });
        element.heading = 'Not useful';
        sent = jest.fn();
        element.addEventListener('send', (event) => sent(event.detail));
        document.body.appendChild(element);
        // The stubs of lightning inputs have no validation of their own.
        for (const name of ['about', 'contactOutcome', 'note']) {
            Object.assign(field(name), { reportValidity: () => name !== 'note' || field(name).value !== 'too long' });
        }
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
        press('save');
        expect(sent).toHaveBeenCalledWith({ about: 'Amount', contactOutcome: 'Declined', note: 'Asked too early' });
    });

    it('demands nothing', () => {
        press('save');
        expect(sent).toHaveBeenCalledWith({ about: null, contactOutcome: null, note: null });
    });

    it('sends nothing when it is closed', () => {
        const cancelled = jest.fn();
        element.addEventListener('cancel', cancelled);
        press('cancel');
        expect(cancelled).toHaveBeenCalledTimes(1);
        expect(sent).not.toHaveBeenCalled();
    });

    it('cannot be sent twice while it is being saved', async () => {
        element.isSaving = true;
        await Promise.resolve();
        expect(buttons().isSaving).toBe(true);
    });

    it('sends nothing while the note does not fit', () => {
        Object.assign(field('note'), { value: 'too long', focus: jest.fn() });
        press('save');
        expect(sent).not.toHaveBeenCalled();
        expect(field('note').focus).toHaveBeenCalledTimes(1);
    });

    it('says what the org refused', async () => {
        element.error = { body: { message: 'No access.' } };
        await Promise.resolve();
        expect(buttons().error.body.message).toBe('No access.');
        await expect(element).toBeAccessible();
    });
});
