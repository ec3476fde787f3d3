import { createElement } from 'lwc';
import AnswerFeedback from 'c/answerFeedback';
import give from '@salesforce/apex/FeedbackController.give';

jest.mock('@salesforce/apex/FeedbackController.give', () => ({ default: jest.fn() }), { virtual: true });

const PROFILE = 'a01000000000001AAA';
const NOTHING = { about: null, contactOutcome: null, note: null };
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('c-answer-feedback', () => {
    let element;
    const find = (selector) => element.shadowRoot.querySelector(selector);

    beforeEach(async () => {
        element = createElement('c-answer-feedback', { is: AnswerFeedback });
        element.profileId = PROFILE;
        document.body.appendChild(element);
        await settled();
    });

    afterEach(() => {
        document.body.replaceChildren();
        jest.resetAllMocks();
    });

    async function choose(thumb) {
        find(`[data-action="${thumb}"]`).click();
        await settled();
    }

    async function send(detail = NOTHING) {
        find('c-feedback-form').dispatchEvent(new CustomEvent('send', { detail }));
        await settled();
    }

    it.each([
        ['yes', true, 'c.AnswerFeedback_Useful'],
        ['no', false, 'c.AnswerFeedback_NotUseful']
    ])('keeps a thumb of %s with what was entered, and thanks', async (thumb, useful, heading) => {
        give.mockResolvedValue();
        await choose(thumb);
        expect(find('c-feedback-form').heading).toBe(heading);
        expect(find(`[data-action="${thumb}"]`).variant).toBe('brand');
        await expect(element).toBeAccessible();

        await send({ about: 'Amount', contactOutcome: 'Declined', note: null });
        expect(give).toHaveBeenCalledWith({ profileId: PROFILE, useful, about: 'Amount', contactOutcome: 'Declined', note: null });
        expect(find('.thanks').textContent).toBe('c.AnswerFeedback_Thanks');
        expect(find('c-feedback-form')).toBeNull();
        expect(find('[data-action="yes"]')).toBeNull();
        await expect(element).toBeAccessible();
    });

    it('takes another word after the thanks, and keeps the keyboard here', async () => {
        const focused = jest.spyOn(HTMLElement.prototype, 'focus').mockImplementation(function remember() {
            focused.on = this.dataset.action;
        });
        give.mockResolvedValue();
        await choose('yes');
        await send();
        expect(focused.on).toBe('again');
        find('[data-action="again"]').click();
        await settled();
        expect(focused.on).toBe('yes');
        focused.mockRestore();
        expect(find('.thanks')).toBeNull();
        expect(find('[data-action="no"]').variant).toBe('neutral');
    });

    it('keeps the form open and says why when it could not be saved', async () => {
        give.mockRejectedValue({ body: { message: 'This could not be saved.' } });
        await choose('no');
        await send();
        expect(find('c-feedback-form').error.body.message).toBe('This could not be saved.');
        expect(find('c-feedback-form').isSaving).toBe(false);
        expect(find('.thanks')).toBeNull();
    });

    it('keeps nothing when the form is closed', async () => {
        await choose('no');
        find('c-feedback-form').dispatchEvent(new CustomEvent('cancel'));
        await settled();
        expect(find('c-feedback-form')).toBeNull();
        expect(give).not.toHaveBeenCalled();
    });

    it('starts afresh with another donor, and does not thank there for what was said here', async () => {
        let save;
        give.mockReturnValue(new Promise((resolve) => (save = resolve)));
        await choose('yes');
        await send();
        element.profileId = 'a01000000000002AAA';
        save();
        await settled();
        expect(find('c-feedback-form')).toBeNull();
        expect(find('.thanks')).toBeNull();
        expect(find('[data-action="yes"]').variant).toBe('neutral');
    });

    it('does not tell there what could not be saved here', async () => {
        let refuse;
        give.mockReturnValue(new Promise((_, reject) => (refuse = reject)));
        await choose('yes');
        await send();
        element.profileId = 'a01000000000002AAA';
        refuse({ body: { message: 'This could not be saved.' } });
        await settled();
        await choose('no');
        expect(find('c-feedback-form').error).toBeUndefined();
    });
});
