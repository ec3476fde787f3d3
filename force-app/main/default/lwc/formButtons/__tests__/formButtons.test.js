import { createElement } from 'lwc';
import FormButtons from 'c/formButtons';

describe('c-form-buttons', () => {
    let element;
    const told = [];
    const keep = (event) => told.push(event.type);
    const find = (selector) => element.shadowRoot.querySelector(selector);
    const action = (name) => find(`[data-action="${name}"]`);

    function show(given) {
        element = createElement('c-form-buttons', { is: FormButtons });
        Object.assign(element, { label: 'Add', ...given });
        told.length = 0;
        element.addEventListener('save', keep);
        element.addEventListener('cancel', keep);
        document.body.appendChild(element);
    }

    afterEach(() => document.body.replaceChildren());

    it('tells that the person wants it done, or thought again', async () => {
        show();
        expect([action('save').label, action('save').variant]).toEqual(['Add', 'brand']);
        expect(action('cancel').label).toBe('c.FormButtons_Cancel');
        expect([find('lightning-spinner'), find('c-error-panel')]).toEqual([null, null]);
        await expect(element).toBeAccessible();
        action('save').click();
        action('cancel').click();
        expect(told).toEqual(['save', 'cancel']);
    });

    it('can be used once at a time, and says that it is at work', async () => {
        show({ isSaving: true });
        expect([action('save').disabled, action('cancel').disabled]).toEqual([true, true]);
        expect(find('lightning-spinner').alternativeText).toBe('c.FormButtons_Saving');
        await expect(element).toBeAccessible();
    });

    it('waits for what is still missing, and lets the person leave', () => {
        show({ isDisabled: true });
        expect([action('save').disabled, action('cancel').disabled]).toEqual([true, false]);
    });

    it('says what the org refused', async () => {
        const error = { body: { message: 'No access.' } };
        show({ error });
        expect(find('c-error-panel').error).toEqual(error);
        await expect(element).toBeAccessible();
    });

    it('names its group and its way out in the words of the form', async () => {
        show({ heading: 'Maria Rivera', cancelLabel: 'Skip for now' });
        expect(find('[role="group"]').getAttribute('aria-label')).toBe('Maria Rivera');
        expect(action('cancel').label).toBe('Skip for now');
        await expect(element).toBeAccessible();
    });

    it('offers only the way out to those who may not do it', async () => {
        show({ label: undefined });
        expect(action('save')).toBeNull();
        expect(action('cancel')).not.toBeNull();
        await expect(element).toBeAccessible();
    });

    it('takes the focus to its first button', () => {
        show();
        action('save').focus = jest.fn();
        element.focus();
        expect(action('save').focus).toHaveBeenCalledTimes(1);
    });
});
