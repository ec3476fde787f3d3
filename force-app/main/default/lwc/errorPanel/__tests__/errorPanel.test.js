import { createElement } from 'lwc';
import ErrorPanel from 'c/errorPanel';

describe('c-error-panel', () => {
    afterEach(() => document.body.replaceChildren());

    it('shows what the org said and announces it', async () => {
        const element = createElement('c-error-panel', { is: ErrorPanel });
        element.error = { body: { message: 'You do not have access.' } };
        document.body.appendChild(element);
        expect(element.shadowRoot.querySelector('[role="alert"]').textContent).toBe('You do not have access.');
        await expect(element).toBeAccessible();
    });
});
